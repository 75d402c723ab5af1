use super::cx::{Cx, Sink};
use super::support::client_risk;
use model::{Risk, Stake};

declare_rule! {
    /// A view is gone, and clients that read it fail.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders as select id from orders;
    /// -- migration
    /// drop view v_orders;
    /// ```
    /// ```sql,bad
    /// -- migration
    /// drop materialized view totals;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders with (security_invoker = true) as select id from orders;
    /// -- migration
    /// drop view v_orders;
    /// create view v_orders with (security_invoker = true) as select id, total from orders;
    /// ```
    pub(super) static RULE = {
        name: "dropped-view",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_view,
    }
}

fn dropped_view(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.views {
        let after = &cx.change.after;
        let is_there = after.views.iter().any(|it| it.id == old.id || it.name == old.name);
        if !is_there && after.table(&old.name).is_none() {
            let claim = format!("clients that read `{}` fail: it is dropped", old.name);
            sink.whole(&old.name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
    }
}

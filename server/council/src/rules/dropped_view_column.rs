use super::cx::{Cx, Sink};
use super::support::client_risk;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A view has lost a column, and clients that read it fail.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders as select id, total from orders;
    /// -- migration
    /// drop view v_orders;
    /// create view v_orders as select id from orders;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders with (security_invoker = true) as select id from orders;
    /// -- migration
    /// create or replace view v_orders with (security_invoker = true) as select id, total from orders;
    /// ```
    pub(super) static RULE = {
        name: "dropped-view-column",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_view_column,
    }
}

fn dropped_view_column(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.views {
        let new = cx.change.after.view(&old.name);
        let (Some(was), Some(now)) = (&old.columns, new.and_then(|it| it.columns.as_ref())) else {
            continue;
        };
        let gone: Vec<String> =
            was.iter().filter(|it| !now.contains(it)).map(|it| format!("`{it}`")).collect();
        if !gone.is_empty() {
            let claim = format!("clients that read {} of `{}` fail", gone.join(", "), old.name);
            sink.whole(&old.name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
            continue;
        }
        let Some(new) = new else { continue };
        let moved = was.iter().zip(now).find(|(was, now)| was != now).map(|it| it.0);
        let cast = was.iter().find(|it| !is_cast(&old.query, it) && is_cast(&new.query, it));
        let (column, effect) = match (moved, cast) {
            (Some(column), _) => (column, "has another place"),
            (None, Some(column)) => (column, "has another type"),
            (None, None) => continue,
        };
        let claim = format!("`{column}` of `{}` {effect}: clients misread or fail", old.name);
        sink.whole(&old.name, Risk::Medium, claim).stake(Stake::Service);
    }
    for step in &cx.change.steps {
        if let Action::Rename { kind: "column", name, to } = &step.action
            && let Some((view, column)) = name.rsplit_once('.')
            && cx.change.before.view(view).is_some()
        {
            let claim = format!("clients that read `{column}` of `{view}` fail: it becomes `{to}`");
            sink.report(step, view, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
    }
}

/// Whether a query gives a column in another type than it has.
fn is_cast(query: &str, column: &str) -> bool {
    query.contains(&format!("{column}::")) || query.contains(&format!("cast({column} as "))
}

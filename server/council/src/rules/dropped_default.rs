use super::cx::{Cx, Sink};
use super::support::{client_risk, kept_columns};
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// A column has no default any more, and writers that leave it out write nothing or fail.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column plan drop default;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column plan set default 'basic';
    /// ```
    pub(super) static RULE = {
        name: "dropped-default",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_default,
    }
}

fn dropped_default(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, was, now) in kept_columns(cx) {
        let had = was.default.is_some() || was.is_identity;
        if had && now.default.is_none() && !now.is_identity && now.generated.is_none() {
            let object = format!("{}.{}", table.name, was.name);
            let effect = if now.not_null { "fail" } else { "write null" };
            let risk = if now.not_null { Risk::High } else { Risk::Medium };
            let claim = format!("writers that leave out `{object}` {effect}");
            sink.whole(&object, client_risk(cx, risk), claim).stake(Stake::Service);
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let (AlterPart::DropDefault { column } | AlterPart::DropIdentity { column }) = part else {
            continue;
        };
        if table.column(column).is_none() {
            let object = format!("{}.{column}", table.name);
            let claim = format!("writers that leave out `{object}` write null, or fail");
            sink.report(step, &object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

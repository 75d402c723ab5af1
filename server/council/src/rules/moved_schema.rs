use super::cx::{Cx, Sink};
use super::support::client_risk;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A table, view, type or function is in another schema, and clients that name the old one fail.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create schema legacy;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts set schema legacy;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create schema legacy;
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table legacy.notes (id bigint primary key);
    /// ```
    pub(super) static RULE = {
        name: "moved-schema",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: moved_schema,
    }
}

fn moved_schema(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::SetSchema { kind, name, schema } = &step.action else { continue };
        let is_new = step.schema.table(name).is_some_and(|it| !cx.change.is_old(it));
        let is_back = cx.change.after.view(name).is_some();
        if !is_new && !is_back && !matches!(*kind, "extension" | "index") {
            let claim = format!("clients that use `{name}` fail: it moves to `{schema}`");
            sink.report(step, name, client_risk(cx, Risk::High), claim)
                .stake(Stake::Service)
                .fix("Leave a view of the old name", "");
        }
    }
}

use super::cx::{Cx, Sink};
use super::support::kept_columns;
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// A column may be null now, and clients that do not expect it fail on the first one.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column email drop not null;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text not null);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new as select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column plan set default 'x';
    /// ```
    pub(super) static RULE = {
        name: "became-nullable",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: became_nullable,
    }
}

fn became_nullable(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, was, now) in kept_columns(cx) {
        if was.not_null && !now.not_null {
            let object = format!("{}.{}", table.name, was.name);
            let claim = format!("readers of `{object}` may meet null");
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::DropNotNull { column } = part else { continue };
        if table.column(column).is_none() {
            let object = format!("{}.{column}", table.name);
            sink.report(
                step,
                &object,
                Risk::Medium,
                format!("readers of `{object}` may meet null"),
            )
            .stake(Stake::Service);
        }
    }
}

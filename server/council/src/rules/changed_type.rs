use super::cx::{Cx, Sink};
use super::support::kept_columns;
use crate::types::{Conversion, conversion, is_alike};
use model::{Risk, Stake};

declare_rule! {
    /// A column has a type of another kind, and clients read or send what they do not expect.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column code integer;
    /// alter table accounts alter column org_id type text using org_id::text;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column code integer;
    /// alter table accounts alter column code type text using code::text;
    /// ```
    pub(super) static RULE = {
        name: "changed-type",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: changed_type,
    }
}

fn changed_type(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, was, now) in kept_columns(cx) {
        if !is_alike(&was.kind, &now.kind) && conversion(&was.kind, &now.kind) != Conversion::Free {
            let object = format!("{}.{}", table.name, was.name);
            let claim =
                format!("clients read `{}` from `{object}`, and not `{}`", now.kind, was.kind);
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

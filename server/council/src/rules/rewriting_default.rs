use super::cx::{Cx, Sink};
use super::support::{is_volatile, locking};
use crate::ddl::{AlterPart, ColumnDef};
use crate::schema::Generated;
use model::Risk;

declare_rule! {
    /// A new column with a value of its own for each row writes every row again.
    ///
    /// `serial`, identity, stored generated columns and defaults such as `gen_random_uuid()` do. A constant or `now()` does not. Add the column without it, set the default, and fill old rows in batches.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column seq bigserial;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column token uuid default gen_random_uuid();
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column twice integer generated always as (total * 2) stored;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column seen timestamptz not null default now();
    /// ```
    pub(super) static RULE = {
        name: "rewriting-default",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: rewriting_default,
    }
}

fn rewriting_default(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        let why = match part {
            AlterPart::AddColumn { column: it, .. } if it.is_identity => "counts its rows",
            AlterPart::AddColumn { column: it, .. } if it.generated == Some(Generated::Stored) => {
                "stores a computed value"
            }
            AlterPart::AddColumn { column: it, .. }
                if step.schema.has_other("checked domain", &it.kind.base) =>
            {
                "has a domain that refuses values"
            }
            AlterPart::AddColumn { column: it, .. } => {
                let default = it.default.as_deref().unwrap_or_default();
                if !is_volatile(default, &step.schema) {
                    continue;
                }
                "has a default that differs from row to row"
            }
            _ => continue,
        };
        let AlterPart::AddColumn { column: ColumnDef { name, .. }, .. } = part else { continue };
        let object = format!("{}.{name}", table.name);
        let claim = format!("writes every row of `{}` again, because `{name}` {why}", table.name);
        sink.report(step, &object, Risk::High, claim)
            .trigger("readers and writers of the table wait until the last row is written")
            .fix("Add the column empty, and fill it in batches", "");
    }
}

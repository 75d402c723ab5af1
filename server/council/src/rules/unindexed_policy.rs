use super::cx::{Cx, Sink};
use super::support::new_tables;
use crate::schema::{Column, Table};
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// A policy compares a column that no index starts with.
    ///
    /// Each query reads the whole table to find the rows that it may see.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, account_id bigint);
    /// alter table invoices enable row level security;
    /// create policy own on invoices using (account_id = current_setting('app.account')::bigint);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, account_id bigint);
    /// create index on invoices (account_id);
    /// alter table invoices enable row level security;
    /// create policy own on invoices using (account_id = current_setting('app.account')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "unindexed-policy",
        group: Access,
        class: Availability,
        since: "0.1.0",
        check: unindexed_policy,
    }
}

fn unindexed_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for table in new_tables(cx).filter(|it| it.row_security) {
        let is_asked = |it: &&Column| {
            !table.is_indexed(std::slice::from_ref(&it.name)) && is_compared(table, &it.name)
        };
        if let Some(column) = table.columns.iter().find(is_asked) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("policies compare `{object}`, and no index starts with it");
            sink.whole(&object, Risk::Info, claim)
                .fix("Add one", format!("create index on {} ({});", table.name, column.name));
        }
    }
}

/// Whether a permissive policy asks for one value of the column.
fn is_compared(table: &Table, column: &str) -> bool {
    let texts = table.policies.iter().filter(|it| it.is_permissive).flat_map(|it| &it.using);
    let mut parts = texts.flat_map(|it| it.split(" and "));
    parts.any(|it| {
        it.split_once(" = ").is_some_and(|(left, right)| {
            [left, right]
                .iter()
                .any(|it| it.trim_matches(['(', ')']) == column && mentions(it, column))
        })
    })
}

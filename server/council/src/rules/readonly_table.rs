use super::cx::{Cx, Sink};
use super::support::new_tables;
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// Policies of a new table let rows be read, and none lets them be written.
    ///
    /// Only its owner, and roles that pass policies, can fill it. Not told where the migration fills it, or grants no more than reading.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, account_id bigint);
    /// create index on invoices (account_id);
    /// alter table invoices enable row level security;
    /// create policy own on invoices for select using (account_id = current_setting('app.account')::bigint);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// create table currencies (code text primary key);
    /// insert into currencies values ('EUR');
    /// alter table currencies enable row level security;
    /// create policy readable on currencies for select using (code <> '');
    /// ```
    pub(super) static RULE = {
        name: "readonly-table",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: readonly_table,
    }
}

fn readonly_table(cx: &Cx, sink: &mut Sink<'_>) {
    for table in new_tables(cx).filter(|it| it.row_security && !it.policies.is_empty()) {
        let is_meant = cx.change.steps.iter().any(|step| match &step.action {
            Action::Insert { table: of, .. } => *of == table.name,
            Action::Grant(it) => it.objects.contains(&table.name),
            _ => false,
        });
        if !is_meant && table.policies.iter().all(|it| it.command == "select" || !it.is_permissive)
        {
            let claim = format!("policies of `{}` let nobody write to it", table.name);
            sink.whole(&table.name, Risk::Low, claim);
        }
    }
}

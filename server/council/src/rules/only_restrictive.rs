use super::cx::{Cx, Sink};
use crate::schema::Table;
use model::{Risk, Stake};

declare_rule! {
    /// All policies of a table are restrictive: they take away, and nothing gives.
    ///
    /// Nobody but the owner sees a row until one policy is permissive.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, account_id bigint);
    /// alter table invoices enable row level security;
    /// create policy own on invoices as restrictive using (account_id = current_setting('app.account')::bigint);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy unpaid on orders as restrictive for delete using (total = 0);
    /// ```
    pub(super) static RULE = {
        name: "only-restrictive",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: only_restrictive,
    }
}

fn only_restrictive(cx: &Cx, sink: &mut Sink<'_>) {
    for table in cx.change.after.tables.iter().filter(|it| !it.assumed && is_shut(it)) {
        if cx.change.before.table_of(table.id).is_none_or(|it| !is_shut(it)) {
            let claim =
                format!("no policy of `{}` lets a row through: all are restrictive", table.name);
            sink.whole(&table.name, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Make one permissive", "");
        }
    }
}

fn is_shut(table: &Table) -> bool {
    table.row_security
        && !table.policies.is_empty()
        && !table.policies.iter().any(|it| it.is_permissive)
}

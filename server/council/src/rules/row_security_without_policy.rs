use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// Row security is on and there is no policy: nobody but the owner sees a row.
    ///
    /// That is safe, and seldom what is meant. Write the policies in the same migration.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key);
    /// alter table invoices enable row level security;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create table invoices (id bigint primary key, org_id bigint);
    /// alter table invoices enable row level security;
    /// create policy own on invoices using (org_id = current_setting('app.org')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "row-security-without-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: row_security_without_policy,
    }
}

fn row_security_without_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for table in
        cx.change.after.tables.iter().filter(|it| it.row_security && it.policies.is_empty())
    {
        let old = cx.change.before.table_of(table.id);
        if table.assumed || old.is_some_and(|it| it.row_security) {
            continue;
        }
        let claim =
            format!("`{}` has row security and no policy: only its owner sees rows", table.name);
        // Who reads a table that was there finds it empty.
        let risk = match old {
            Some(_) => Risk::High,
            // Its rows are read through the table that it is a part of.
            None if table.partition_of.is_some() => Risk::Low,
            None => Risk::Medium,
        };
        sink.whole(&table.name, risk, claim)
            .stake(Stake::Service)
            .fix("Write a policy", format!("create policy … on {} using (…);", table.name));
    }
}

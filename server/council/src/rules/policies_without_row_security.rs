use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use model::{Risk, Stake};

declare_rule! {
    /// A table has policies, and its row security is off: they count for nothing.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, owner_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own on notes using (owner_id = current_setting('app.user')::bigint);
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, owner_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy own on notes using (owner_id = current_setting('app.user')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "policies-without-row-security",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: policies_without_row_security,
    }
}

fn policies_without_row_security(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let is_known = !table.assumed;
        // Switched off in this migration is told by another rule.
        let was_on = cx.change.before.table_of(table.id).is_some_and(|it| it.row_security);
        if is_known && !table.row_security && !was_on {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` counts for nothing: row security of `{}` is off",
                policy.name, table.name
            );
            sink.whole(&object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Enable it", format!("alter table {} enable row level security;", table.name));
        }
    }
}

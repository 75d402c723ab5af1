use super::cx::{Cx, Sink};
use super::support::is_same_policy;
use crate::schema::policy_object;
use model::Risk;

declare_rule! {
    /// Two policies of a table say the same.
    ///
    /// Each row is asked twice, and the day one of them is tightened or dropped, the other goes on letting rows through.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own_again on orders using (account_id = current_setting('app.account')::bigint);
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
        name: "duplicate-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: duplicate_policy,
    }
}

fn duplicate_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for table in &cx.change.after.tables {
        let old = cx.change.before.table_of(table.id);
        for (at, policy) in table.policies.iter().enumerate() {
            let is_old = old.is_some_and(|it| it.policies.contains(policy));
            let twin = table.policies[..at].iter().find(|it| is_same_policy(it, policy));
            if let Some(twin) = twin.filter(|_| !is_old) {
                let object = policy_object(&policy.name, &table.name);
                let claim = format!(
                    "`{}` says what `{}` says: tightening one changes nothing",
                    policy.name, twin.name
                );
                sink.whole(&object, Risk::Medium, claim).fix("Leave it out", "");
            }
        }
    }
}

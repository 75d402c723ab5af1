use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::logic::is_never_true;
use crate::schema::policy_object;
use model::{Risk, Stake};

declare_rule! {
    /// A policy holds for no row.
    ///
    /// Of a restrictive one, whatever other policies let through is closed as well. One that is permissive adds nothing, and is often left from a draft.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy todo on orders for select using (false);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy paid on orders as restrictive for delete using (total = 0);
    /// ```
    pub(super) static RULE = {
        name: "closed-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: closed_policy,
    }
}

fn closed_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let mut texts = policy.using.iter().chain(&policy.check);
        if !texts.any(|it| is_never_true(it)) {
            continue;
        }
        let object = policy_object(&policy.name, &table.name);
        if policy.is_permissive {
            sink.whole(
                &object,
                Risk::Low,
                format!("`{}` lets nothing through, and adds nothing", policy.name),
            );
        } else {
            let claim = format!(
                "`{}` closes `{}` for `{}`, whatever other policies say",
                policy.name, table.name, policy.command
            );
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

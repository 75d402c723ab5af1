use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use model::Risk;

declare_rule! {
    /// A policy is for a role that no policy stops.
    ///
    /// It has no effect, and reads as if it had one. Take `bypassrls` from the role, or leave the policy out.
    ///
    /// ```sql,bad
    /// create role worker bypassrls;
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy worker_own on orders as restrictive to worker using (total > 0);
    /// ```
    /// ```sql,good
    /// create role worker;
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy worker_own on orders as restrictive to worker using (total > 0);
    /// ```
    pub(super) static RULE = {
        name: "policy-for-bypassing",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: policy_for_bypassing,
    }
}

fn policy_for_bypassing(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let passes = |it: &String| it == "service_role" || cx.change.after.bypassing.contains(it);
        if policy.roles.iter().all(passes) {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` has no effect: policies do not stop `{}`",
                policy.name,
                policy.roles.join(", ")
            );
            sink.whole(&object, Risk::Low, claim);
        }
    }
}

use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// A policy asks which database role is signed in.
    ///
    /// Programs behind a pool share one role, for which it then says the same of every user. Ask for what the program sets for each request, such as `current_setting('app.user')`.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own_name on orders as restrictive using (total::text = current_user);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own_name on orders as restrictive using (total::text = current_setting('app.user'));
    /// ```
    pub(super) static RULE = {
        name: "policy-by-login",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: policy_by_login,
    }
}

fn policy_by_login(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let mut texts = policy.using.iter().chain(&policy.check);
        if texts.any(|it| ["current_user", "session_user"].iter().any(|of| mentions(it, of))) {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` says the same of all users behind one pool of connections",
                policy.name
            );
            sink.whole(&object, Risk::Low, claim).fix("Ask for a setting of the request", "");
        }
    }
}

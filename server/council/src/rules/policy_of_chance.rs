use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use model::{Risk, Stake};

declare_rule! {
    /// A policy asks a function that answers anew for each row.
    ///
    /// Whether a row is seen is then a matter of chance, and asking again finds another answer: in time, every row.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy some on orders as restrictive using (random() < 0.5);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer);
    /// create index on orders (account_id);
    /// alter table orders enable row level security;
    /// create policy own on orders using (account_id = current_setting('app.account')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy some on orders as restrictive using (now() < '2030-01-01');
    /// ```
    pub(super) static RULE = {
        name: "policy-of-chance",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: policy_of_chance,
    }
}

/// `now()` and its like are the same for all rows of a statement.
const ANEW: [&str; 7] = [
    "random(",
    "random_normal(",
    "clock_timestamp(",
    "timeofday(",
    "gen_random_uuid(",
    "uuid_generate_v4(",
    "nextval(",
];

fn policy_of_chance(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let texts = || policy.using.iter().chain(&policy.check);
        let call = ANEW.iter().find(|call| texts().any(|it| it.contains(*call)));
        if let Some(call) = call {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!("`{call})` decides anew for each row of `{}`", table.name);
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Access)
                .fix("Compare a column of the row", "");
        }
    }
}

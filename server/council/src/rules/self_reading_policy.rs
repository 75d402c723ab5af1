use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// A policy reads its own table, whose policy reads the table: every query fails with an endless recursion.
    ///
    /// Ask in a `security definer` function, which no policy stops.
    ///
    /// ```sql,bad
    /// create table members (team_id bigint, user_id bigint, primary key (team_id, user_id));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table members enable row level security;
    /// create policy team on members using (team_id in (select m.team_id from members m where m.user_id = current_setting('app.user')::bigint));
    /// ```
    /// ```sql,good
    /// create table members (team_id bigint, user_id bigint, primary key (team_id, user_id));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table members enable row level security;
    /// create policy team on members using (user_id = current_setting('app.user')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "self-reading-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: self_reading_policy,
    }
}

fn self_reading_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let reads = |it: &String| {
            ["from", "join"].iter().any(|word| {
                let read = format!("{word} {}", table.name);
                let qualified = format!("{word} public.{}", table.name);
                mentions(it, &read) || mentions(it, &qualified)
            })
        };
        if policy.using.iter().chain(&policy.check).any(reads) {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` reads `{}`, whose policies it is one of: queries fail",
                policy.name, table.name
            );
            sink.whole(&object, Risk::High, claim)
                .fix("Ask in a `security definer` function with a `search_path`", "");
        }
    }
}

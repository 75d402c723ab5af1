use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::schema::policy_object;
use model::{Risk, Stake};

declare_rule! {
    /// A policy believes what users can write about themselves.
    ///
    /// `user_metadata` is changed by the user; `app_metadata` is not.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, team text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy team on notes using (team = (auth.jwt() -> 'user_metadata' ->> 'team'));
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, team text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes enable row level security;
    /// create policy team on notes using (team = ((select auth.jwt()) -> 'app_metadata' ->> 'team'));
    /// ```
    pub(super) static RULE = {
        name: "self-granted-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: self_granted_policy,
    }
}

fn self_granted_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx) {
        let mut texts = policy.using.iter().chain(&policy.check);
        if texts.any(|it| it.contains("user_metadata") || it.contains("raw_user_meta_data")) {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!("`{}` believes what users write about themselves", policy.name);
            sink.whole(&object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Ask `app_metadata`", "");
        }
    }
}

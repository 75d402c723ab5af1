use super::cx::{Cx, Sink};
use super::support::new_policies;
use crate::ddl::Action;
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
    for step in &cx.change.steps {
        let Action::CreateFunction(it, _) = &step.action else { continue };
        if takes_rights(&it.body.to_lowercase()) {
            let claim =
                format!("`{}` takes rights from what users write about themselves", it.object());
            sink.report(step, &it.object(), Risk::High, claim)
                .stake(Stake::Access)
                .fix("Take them from `raw_app_meta_data`", "");
        }
    }
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

/// Whether a body reads a word of rights out of what users may write: `raw_user_meta_data ->> 'role'`.
fn takes_rights(body: &str) -> bool {
    const RIGHTS: [&str; 7] =
        ["role", "admin", "is_admin", "permissions", "superuser", "is_staff", "claims"];
    let parts = body.split("user_meta").skip(1);
    parts.into_iter().any(|it| {
        let key = it.split('\'').nth(1).unwrap_or_default();
        let reads = it.split('\'').next().is_some_and(|it| it.contains("->"));
        reads && RIGHTS.contains(&key)
    })
}

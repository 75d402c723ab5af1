use super::cx::{Cx, Sink};
use super::support::dropped_policies;
use crate::reach::{COMMANDS, is_granted};
use crate::schema::{Policy, Table, policy_object};
use model::{Risk, Stake};

declare_rule! {
    /// A policy is gone and nothing takes its place.
    ///
    /// Without a restrictive one, rows are seen that were not. Without the last permissive one nobody sees any, which ends in row security being switched off.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// drop policy own on accounts;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop policy own on accounts;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "dropped-policy",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: dropped_policy,
    }
}

fn dropped_policy(cx: &Cx, sink: &mut Sink<'_>) {
    for (old, new, policy) in dropped_policies(cx) {
        let object = policy_object(&policy.name, &old.name);
        if !policy.is_permissive {
            let claim = format!("rows of `{}` that `{}` kept back are seen", old.name, policy.name);
            sink.whole(&object, Risk::Critical, claim).stake(Stake::Access);
            continue;
        }
        let commands = needed(cx, old, policy);
        let rest: Vec<&Policy> = new.policies.iter().filter(|it| it.is_permissive).collect();
        let covers =
            |command: &&&str| rest.iter().any(|it| it.command == "all" || it.command == **command);
        let is_replaced =
            new.policies.iter().any(|it| !old.policies.iter().any(|of| of.id == it.id));
        if is_replaced && commands.iter().all(|it| covers(&it)) {
            continue;
        }
        let (risk, claim) = if rest.is_empty() {
            (Risk::Critical, format!("`{}` has no policy left but its row security", old.name))
        } else if commands.iter().all(|it| covers(&it)) {
            (
                Risk::Medium,
                format!(
                    "clients that saw rows of `{}` by `{}` no longer do",
                    old.name, policy.name
                ),
            )
        } else {
            (Risk::High, format!("nobody may `{}` rows of `{}` any more", policy.command, old.name))
        };
        sink.whole(&object, risk, claim);
    }
}

/// The commands that a policy let by: of one for all, those that its roles are granted.
fn needed<'a>(cx: &Cx, table: &Table, policy: &'a Policy) -> Vec<&'a str> {
    if policy.command != "all" {
        return vec![&policy.command];
    }
    let before = &cx.change.before;
    let is_used =
        |command: &&str| policy.roles.iter().any(|role| is_granted(before, table, role, command));
    match COMMANDS.into_iter().filter(is_used).collect::<Vec<_>>() {
        // Nothing is known of grants, or they are somewhere else.
        none if none.is_empty() => COMMANDS.to_vec(),
        some => some,
    }
}

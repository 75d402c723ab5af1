use super::cx::{Cx, Sink};
use super::support::dropped_policies;
use crate::reach::COMMANDS;
use crate::schema::{Policy, policy_object};
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
        let commands =
            if policy.command == "all" { &COMMANDS[..] } else { &[policy.command.as_str()][..] };
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

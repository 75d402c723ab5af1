use super::cx::{Cx, Sink};
use super::support::{is_anybody, is_trusted, new_policies};
use crate::logic::{is_always_true_of, is_implied};
use crate::reach::{COMMANDS, Cell, cell, condition};
use crate::schema::{Policy, Table, policy_object};
use model::{Risk, Stake};

declare_rule! {
    /// A policy lets somebody do what no policy let him do before.
    ///
    /// Permissive policies add up: a second one widens the first. What is meant can be acknowledged.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy shared on accounts for select using (email = 'public');
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy verified on accounts as restrictive using (email is not null);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop policy own on accounts;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint and email is not null);
    /// ```
    pub(super) static RULE = {
        name: "widened-access",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: widened_access,
    }
}

fn widened_access(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx).filter(|it| it.1.is_permissive) {
        let Some(old) = cx.change.before.table_of(table.id).filter(|it| it.row_security && !it.assumed) else {
            continue;
        };
        if policy.roles.iter().all(|it| is_trusted(it)) {
            continue;
        }
        let commands = COMMANDS.into_iter().filter(|it| policy.command == "all" || policy.command == *it);
        let wider: Vec<&str> = commands.filter(|it| widens(cx, old, table, policy, it)).collect();
        if !wider.is_empty() {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!("`{}` lets {} {} rows of `{}` that no policy let", policy.name, policy.roles.join(", "), wider.join(", "), table.name);
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Access)
                .trigger("permissive policies add up")
                .fix("Put the conditions into one policy, or make it restrictive", "");
        }
    }
    for (table, policy) in new_policies(cx).filter(|it| it.0.assumed && it.1.is_permissive) {
        let writes = ["insert", "update", "delete"].into_iter();
        let writes = writes.filter(|it| policy.command == "all" || policy.command == *it);
        let open: Vec<&str> = writes.filter(|it| {
            let condition = condition(policy, it);
            !asks_who(&condition) && !is_always_true_of(&condition, table)
        }).collect();
        if policy.roles.iter().any(|it| is_anybody(it)) && !open.is_empty() {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!("`{}` lets whoever connects {} rows of `{}`", policy.name, open.join(", "), table.name);
            sink.whole(&object, Risk::Medium, claim).stake(Stake::Access).fix("Ask whose rows they are", "");
        }
    }
    for (table, was, now) in changed_roles(cx) {
        let object = policy_object(&now.name, &table.name);
        let claim = format!("`{}` holds for {} and no longer for {} only", now.name, now.roles.join(", "), was.roles.join(", "));
        // A condition that asks who it is gives nobody else's rows to those who have no name.
        let is_asked = [&now.using, &now.check].into_iter().flatten().all(|it| asks_who(it));
        let risk = if is_asked { Risk::Medium } else { Risk::High };
        sink.whole(&object, risk, claim).stake(Stake::Access);
    }
}

/// Whether a condition asks who is there.
fn asks_who(condition: &str) -> bool {
    const WORDS: [&str; 6] = ["auth.", "current_setting", "current_user", "session_user", "jwt", "user_id()"];
    WORDS.iter().any(|it| condition.contains(it))
}

fn widens(cx: &Cx, old: &Table, new: &Table, policy: &Policy, command: &str) -> bool {
    let condition = condition(policy, command);
    // Told by a rule of its own.
    if is_always_true_of(&condition, new) {
        return false;
    }
    policy.roles.iter().filter(|it| !is_trusted(it)).any(|role| match cell(&cx.change.before, old, role, command) {
        Cell::All => false,
        Cell::None => true,
        Cell::If { any, .. } => {
            let any: Vec<&str> = any.iter().map(String::as_str).collect();
            !is_implied(&condition, &any)
        }
    })
}

/// Policies that hold for anybody, where the same held for somebody.
fn changed_roles(cx: &Cx) -> Vec<(&Table, &Policy, &Policy)> {
    let mut out = Vec::new();
    for (table, now) in new_policies(cx).filter(|it| it.1.is_permissive && it.1.roles.iter().any(|it| is_anybody(it))) {
        let old = cx.change.before.table_of(table.id);
        let was = old.and_then(|it| it.policies.iter().find(|it| it.name == now.name));
        if let Some(was) = was.filter(|it| !it.roles.iter().any(|it| is_anybody(it))) {
            out.push((table, was, now));
        }
    }
    out
}

use super::cx::{Cx, Sink};
use super::support::{asks_who, is_anybody, is_trusted, new_policies};
use crate::logic::{canonical, is_always_true_of, is_implied};
use crate::reach::{COMMANDS, Cell, cell, condition};
use crate::schema::{Policy, Table, policy_object};
use crate::simulate::mentions;
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
    /// ```sql,good
    /// create table notes (id bigint primary key, author uuid, team bigint);
    /// alter table notes enable row level security;
    /// create policy of_team on notes for select using (team = current_setting('app.team')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own on notes for delete using (author = (select auth.uid()) and team = current_setting('app.team')::bigint);
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
        let Some(old) =
            cx.change.before.table_of(table.id).filter(|it| it.row_security && !it.assumed)
        else {
            continue;
        };
        if policy.roles.iter().all(|it| is_trusted(it)) {
            continue;
        }
        let commands =
            COMMANDS.into_iter().filter(|it| policy.command == "all" || policy.command == *it);
        let wider: Vec<&str> = commands.filter(|it| widens(cx, old, table, policy, it)).collect();
        if !wider.is_empty() {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` lets {} {} rows of `{}` that no policy let",
                policy.name,
                policy.roles.join(", "),
                wider.join(", "),
                table.name
            );
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Access)
                .trigger("permissive policies add up")
                .fix("Put the conditions into one policy, or make it restrictive", "");
        }
    }
    for (table, policy) in new_policies(cx).filter(|it| it.0.assumed && it.1.is_permissive) {
        let writes = ["insert", "update", "delete"].into_iter();
        let writes = writes.filter(|it| policy.command == "all" || policy.command == *it);
        let open: Vec<&str> = writes
            .filter(|it| {
                let condition = condition(policy, it);
                !asks_who(&condition) && !is_always_true_of(&condition, table)
            })
            .collect();
        if policy.roles.iter().any(|it| is_anybody(it)) && !open.is_empty() {
            let object = policy_object(&policy.name, &table.name);
            let claim = format!(
                "`{}` lets whoever connects {} rows of `{}`",
                policy.name,
                open.join(", "),
                table.name
            );
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Access)
                .fix("Ask whose rows they are", "");
        }
    }
    for (table, was, now) in changed_roles(cx) {
        let object = policy_object(&now.name, &table.name);
        let claim = format!(
            "`{}` holds for {} and no longer for {} only",
            now.name,
            now.roles.join(", "),
            was.roles.join(", ")
        );
        // A condition that asks who it is gives nobody else's rows to those who have no name.
        let is_asked = [&now.using, &now.check].into_iter().flatten().all(|it| asks_who(it));
        let risk = if is_asked { Risk::Medium } else { Risk::High };
        sink.whole(&object, risk, claim).stake(Stake::Access);
    }
}

fn widens(cx: &Cx, old: &Table, new: &Table, policy: &Policy, command: &str) -> bool {
    let condition = condition(policy, command);
    // Told by a rule of its own.
    if is_always_true_of(&condition, new) {
        return false;
    }
    policy.roles.iter().filter(|it| !is_trusted(it)).any(|role| {
        match cell(&cx.change.before, old, role, command) {
            Cell::All => false,
            Cell::None => !is_own_rows(cx, old, policy, role, command),
            Cell::If { any, .. } => {
                let any: Vec<&str> = any.iter().map(String::as_str).collect();
                !is_implied(&condition, &any)
            }
        }
    })
}

/// Whether a first policy for a command lets somebody touch only rows that are his own, of those that
/// he reads already; not of a table that says who may do what.
fn is_own_rows(cx: &Cx, table: &Table, policy: &Policy, role: &str, command: &str) -> bool {
    let before = &cx.change.before;
    let (reads, all) = match cell(before, table, role, "select") {
        Cell::If { any, all } => (any, all),
        Cell::All => (vec!["true".to_owned()], Vec::new()),
        Cell::None => return false,
    };
    let reads: Vec<&str> = reads.iter().map(String::as_str).collect();
    // Of an update both rows are asked: the old one is his own, the new one is one that he reads.
    let (using, check) =
        (policy.using.as_deref(), policy.check.as_deref().or(policy.using.as_deref()));
    let is_own = using.or(check).is_some_and(|it| is_callers(it, table));
    let is_kept = check.is_none_or(|it| is_implied(it, &reads) && is_callers(it, table));
    let is_read = command == "update" || is_implied(&condition(policy, command), &reads);
    all.is_empty() && is_own && is_kept && is_read && !decides_access(cx, table)
}

/// Whether a condition asks that a column of the row is the caller.
fn is_callers(condition: &str, table: &Table) -> bool {
    canonical(condition).split(" and ").any(|it| {
        let Some((left, right)) = it.split_once(" = ") else { return false };
        let is_caller = |it: &str| matches!(it, "auth.uid()" | "current_user" | "session_user");
        let is_column = |it: &str| table.column(it).is_some();
        (is_caller(left) && is_column(right)) || (is_column(left) && is_caller(right))
    })
}

/// Whether what a table says of somebody decides what he may do.
fn decides_access(cx: &Cx, table: &Table) -> bool {
    const WORDS: [&str; 10] = [
        "role",
        "admin",
        "permission",
        "privilege",
        "owner",
        "plan",
        "balance",
        "credit",
        "verified",
        "level",
    ];
    // Whose a row is says nothing of what he may do.
    let is_word = |it: &str| !it.ends_with("_id") && WORDS.iter().any(|word| it.contains(word));
    let is_asked = |it: &Option<String>| it.as_deref().is_some_and(|it| mentions(it, &table.name));
    let others = cx.change.after.tables.iter().filter(|it| it.id != table.id);
    table.columns.iter().any(|it| is_word(&it.name))
        || others.flat_map(|it| &it.policies).any(|it| is_asked(&it.using) || is_asked(&it.check))
}

/// Policies that hold for anybody, where the same held for somebody.
fn changed_roles(cx: &Cx) -> Vec<(&Table, &Policy, &Policy)> {
    let mut out = Vec::new();
    for (table, now) in new_policies(cx)
        .filter(|it| it.1.is_permissive && it.1.roles.iter().any(|it| is_anybody(it)))
    {
        let old = cx.change.before.table_of(table.id);
        let was = old.and_then(|it| it.policies.iter().find(|it| it.name == now.name));
        if let Some(was) = was.filter(|it| !it.roles.iter().any(|it| is_anybody(it))) {
            out.push((table, was, now));
        }
    }
    out
}

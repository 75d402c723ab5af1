use super::cx::{Cx, Sink};
use super::support::{is_anybody, is_trusted, new_columns, new_policies};
use crate::ddl::Action;
use crate::schema::{Policy, Schema, Table, policy_object};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// Users may write the column that says what they may do.
    ///
    /// A policy chooses rows, not columns: whoever may update his own row may make himself an administrator in it. Grant `update` for the other columns alone, or keep roles in a table of their own.
    ///
    /// ```sql,bad
    /// create table profiles (id uuid primary key, name text, role text not null default 'member');
    /// alter table profiles enable row level security;
    /// create policy own on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
    /// -- migration
    /// grant update (name, role) on profiles to authenticated;
    /// ```
    /// ```sql,bad
    /// create table profiles (id uuid primary key, name text, is_admin boolean not null default false);
    /// alter table profiles enable row level security;
    /// -- migration
    /// set lock_timeout = '2s';
    /// create policy own on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
    /// ```
    /// ```sql,bad
    /// create table profiles (id uuid primary key, name text);
    /// alter table profiles enable row level security;
    /// create policy own on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table profiles add column is_verified boolean not null default false;
    /// ```
    /// ```sql,good
    /// create table profiles (id uuid primary key, name text, role text not null default 'member');
    /// alter table profiles enable row level security;
    /// create policy own on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
    /// -- migration
    /// grant update (name) on profiles to authenticated;
    /// ```
    pub(super) static RULE = {
        name: "writable-privilege",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: writable_privilege,
    }
}

fn writable_privilege(cx: &Cx, sink: &mut Sink<'_>) {
    new_privilege(cx, sink);
    for step in &cx.change.steps {
        let Action::Grant(it) = &step.action else { continue };
        let is_user = |it: &String| is_anybody(it) || it == "authenticated";
        let Some(role) = it.roles.iter().find(|it| is_user(it)) else { continue };
        let named = it.columns.iter().filter(|it| it.0 == "update").map(|it| it.1.as_str());
        if let Some(column) = named.into_iter().find(|it| is_privileged(it)) {
            let object = format!("{}.{column}", it.objects.join(", "));
            let claim = format!("`{role}` may write `{object}`, which says what a user may do");
            sink.report(step, &object, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Leave the column out", "");
        }
    }
    let after = &cx.change.after;
    let writes = |it: &Policy| {
        it.is_permissive
            && matches!(it.command.as_str(), "update" | "all")
            && !it.roles.iter().all(|it| is_trusted(it))
    };
    for (table, policy) in new_policies(cx).filter(|it| writes(it.1)) {
        // One that was as open before is told nothing new of.
        let was_open =
            cx.change.before.table_of(table.id).is_some_and(|it| it.policies.iter().any(writes));
        let Some(column) = table.columns.iter().find(|it| is_privileged(&it.name)) else {
            continue;
        };
        if was_open || is_held(after, table, policy, &column.name) {
            continue;
        }
        let object = policy_object(&policy.name, &table.name);
        let claim = format!(
            "who may update a row by `{}` may write `{}` in it, which says what he may do",
            policy.name, column.name
        );
        sink.whole(&object, Risk::Medium, claim).stake(Stake::Access);
    }
}

/// A new column of that kind in a row that users may change already.
fn new_privilege(cx: &Cx, sink: &mut Sink<'_>) {
    let after = &cx.change.after;
    for (table, column) in new_columns(cx) {
        let is_old = cx.change.before.table_of(table.id).is_some_and(|it| !it.assumed);
        if !is_old || !(is_privileged(&column.name) || is_earned(&column.name)) {
            continue;
        }
        let writes = |it: &&Policy| {
            it.is_permissive
                && matches!(it.command.as_str(), "update" | "all")
                && it.using.iter().chain(&it.check).any(|it| it.contains("auth.uid()"))
        };
        let policy = table.policies.iter().filter(writes).find(|it| {
            let own =
                |of: &&(String, String, String)| of.0 == table.name && it.roles.contains(&of.1);
            let mut known = after.grants.iter().filter(own).peekable();
            let is_unknown = known.peek().is_none();
            let speaks = it.using.iter().chain(&it.check).any(|it| mentions(it, &column.name));
            let is_granted =
                is_unknown || known.any(|it| matches!(it.2.as_str(), "update" | "all"));
            is_granted && !speaks
        });
        let is_kept = table.triggers.iter().any(|it| {
            let body = after.functions.iter().find(|of| Some(&of.name) == it.function.as_ref());
            body.is_some_and(|it| mentions(&it.body, &column.name))
        });
        if let Some(policy) = policy.filter(|_| !is_kept && column.generated.is_none()) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!(
                "who may update his row by `{}` gives himself what `{object}` says",
                policy.name
            );
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Access)
                .fix("Grant `update` for the other columns alone", "");
        }
    }
}

/// Whether a column says what somebody is given and does not give himself.
fn is_earned(column: &str) -> bool {
    const WORDS: [&str; 12] = [
        "verified",
        "approved",
        "balance",
        "credit",
        "credits",
        "plan",
        "tier",
        "quota",
        "banned",
        "suspended",
        "trusted",
        "premium",
    ];
    let column = column.to_lowercase();
    column.split('_').any(|it| WORDS.contains(&it)) && !column.ends_with("_id")
}

/// Whether a column says what somebody may do.
pub(super) fn is_privileged(column: &str) -> bool {
    let column = column.to_lowercase();
    let words: Vec<&str> = column.split('_').collect();
    ["admin", "superuser", "staff", "role", "roles", "permissions", "isadmin"]
        .iter()
        .any(|it| words.contains(it))
        && !column.ends_with("_id")
}

/// Whether something keeps the column from being written: the policy speaks of it, users are only
/// granted other columns, or a trigger looks at each update.
fn is_held(schema: &Schema, table: &Table, policy: &Policy, column: &str) -> bool {
    let mut texts = policy.using.iter().chain(&policy.check);
    let asks_rights = ["is_admin(", "role", "admin"];
    let own = |it: &(String, String, String)| it.0 == table.name && policy.roles.contains(&it.1);
    let is_granted =
        schema.grants.iter().any(|it| own(it) && matches!(it.2.as_str(), "update" | "all"));
    let knows_grants = schema.grants.iter().any(own);
    let has_trigger = table.triggers.iter().any(|it| it.events.iter().any(|it| it == "update"));
    texts.any(|it| mentions(it, column) || asks_rights.iter().any(|word| it.contains(word)))
        || has_trigger
        || knows_grants && !is_granted
}

use super::cx::{Cx, Sink};
use super::support::{asks_who, dropped_policies, is_anybody, is_trusted};
use crate::logic::disjuncts;
use crate::reach::{COMMANDS, Cell, cell, is_granted};
use crate::schema::{Policy, Table};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A role loses a command on all rows of a table: row security lets through what a policy names, and none names it.
    ///
    /// Reads give nothing, and writes fail or change nothing. Write a policy for each command that the role is granted, or revoke the command.
    ///
    /// ```sql,bad
    /// create table votes (id bigint primary key, person uuid);
    /// grant select, insert on votes to web;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table votes enable row level security;
    /// create policy readable on votes for select to web using (true);
    /// ```
    /// ```sql,good
    /// create table votes (id bigint primary key, person uuid);
    /// grant select, insert on votes to web;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table votes enable row level security;
    /// create policy readable on votes for select to web using (true);
    /// create policy own on votes for insert to web with check (person = current_setting('app.person')::uuid);
    /// ```
    pub(super) static RULE = {
        name: "closed-command",
        group: Access,
        class: Compatibility,
        since: "0.1.0",
        check: closed_command,
    }
}

fn closed_command(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for old in before.tables.iter().filter(|it| !it.assumed) {
        let new = after.table_of(old.id).filter(|it| it.row_security && !it.policies.is_empty());
        let Some(new) = new else { continue };
        for role in roles(cx, old) {
            let lost: Vec<&str> = COMMANDS
                .into_iter()
                .filter(|it| {
                    could(cx, old, &role, it)
                        && (is_granted(after, new, &role, it) || !has_grants(cx, old))
                        && cell(after, new, &role, it) == Cell::None
                        && !is_told(cx, old, it)
                })
                .collect();
            if !lost.is_empty() {
                let claim = format!(
                    "`{role}` may no longer {} any row of `{}`: no policy lets it",
                    lost.join(", "),
                    new.name
                );
                // Everybody is narrowed on purpose more often than a role of its own.
                let risk = if is_anybody(&role) { Risk::Medium } else { Risk::High };
                sink.whole(&new.name, risk, claim).stake(Stake::Service).fix(
                    "Write a policy for it",
                    format!("create policy … on {} for {} to {role} …;", new.name, lost[0]),
                );
            }
        }
    }
}

/// Whether a role could use a command on some rows before.
fn could(cx: &Cx, old: &Table, role: &str, command: &str) -> bool {
    let before = &cx.change.before;
    let covers = |it: &Policy| it.command == "all" || it.command == command;
    let is_named = old.policies.iter().any(|it| covers(it) && it.roles.iter().any(|it| it == role));
    let may = is_granted(before, old, role, command) || !has_grants(cx, old) && is_named;
    let saw = match cell(before, old, role, command) {
        Cell::None => false,
        Cell::All => true,
        // Who has no name has no rows of his own.
        Cell::If { any, .. } => {
            let mut parts = any.iter().flat_map(|it| disjuncts(it));
            !is_anybody(role) || parts.any(|it| !asks_who(it))
        }
    };
    may && saw
}

fn has_grants(cx: &Cx, table: &Table) -> bool {
    cx.change.before.grants.iter().any(|it| it.0 == table.name)
}

/// Whether another rule tells that nobody may use the command any more.
fn is_told(cx: &Cx, table: &Table, command: &str) -> bool {
    dropped_policies(cx).any(|(old, new, it)| {
        let covers = |it: &Policy| it.command == "all" || it.command == command;
        old.id == table.id && covers(it) && !new.policies.iter().any(covers)
    })
}

/// Roles that policies or grants of a table name, but for those that see everything.
fn roles(cx: &Cx, table: &Table) -> BTreeSet<String> {
    let granted = cx.change.before.grants.iter().filter(|it| it.0 == table.name).map(|it| &it.1);
    let named = table.policies.iter().flat_map(|it| &it.roles);
    // `public` is no role that somebody has.
    let is_role = |it: &&String| !is_trusted(it) && *it != "public";
    granted.chain(named).filter(is_role).cloned().collect()
}

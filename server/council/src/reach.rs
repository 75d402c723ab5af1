//! Reachability: who can do what with the rows of each table, before and after.

use crate::change::Change;
use crate::logic::{is_always_true, is_implied};
use crate::schema::{Policy, Schema, Table};
use model::Reach;
use std::collections::BTreeSet;

pub(crate) const COMMANDS: [&str; 4] = ["select", "insert", "update", "delete"];

/// What one role may do with one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    None,
    All,
    /// Where one of the first holds, and all of the second.
    If {
        any: Vec<String>,
        all: Vec<String>,
    },
}

/// What `role` may do with `command` on a table, once it has the privilege.
pub(crate) fn cell(schema: &Schema, table: &Table, role: &str, command: &str) -> Cell {
    let is_owner = role == "owner" && !table.forced;
    if !table.row_security || is_owner || schema.bypassing.contains(role) || role == "service_role"
    {
        return Cell::All;
    }
    let applies = |it: &&Policy| {
        (it.command == "all" || it.command == command)
            && it.roles.iter().any(|it| it == "public" || it == role)
    };
    let (mut any, mut all) = (Vec::new(), Vec::new());
    for policy in table.policies.iter().filter(applies) {
        let condition = condition(policy, command);
        if policy.is_permissive { any.push(condition) } else { all.push(condition) }
    }
    all.retain(|it| !is_always_true(it));
    if any.is_empty() {
        Cell::None
    } else if any.iter().any(|it| is_always_true(it)) && all.is_empty() {
        Cell::All
    } else {
        Cell::If { any, all }
    }
}

/// Whether a role, or everybody, has the privilege that row security then narrows.
pub(crate) fn is_granted(schema: &Schema, table: &Table, role: &str, command: &str) -> bool {
    schema.grants.iter().any(|(object, to, what)| {
        *object == table.name
            && (to == role || to == "public")
            && (what == command || what == "all")
    })
}

/// What a policy asks of a row for a command; of an update, both rows.
pub(crate) fn condition(policy: &Policy, command: &str) -> String {
    let using = policy.using.as_deref();
    let check = policy.check.as_deref().or(using);
    let text = |it: Option<&str>| it.unwrap_or("true").to_owned();
    match command {
        "insert" => text(check),
        "update" => match (using, check) {
            (Some(using), Some(check)) if using != check => format!("({using}) and ({check})"),
            (using, check) => text(using.or(check)),
        },
        _ => text(using),
    }
}

/// Whether the second lets through a row that the first does not, as far as words show.
pub(crate) fn is_wider(before: &Cell, after: &Cell) -> bool {
    match (before, after) {
        (_, Cell::None) | (Cell::All, _) => false,
        (Cell::None, _) | (Cell::If { .. }, Cell::All) => true,
        (Cell::If { any: was, all: held }, Cell::If { any, all }) => {
            let was: Vec<&str> = was.iter().map(String::as_str).collect();
            any.iter().any(|it| !is_implied(it, &was)) || held.iter().any(|it| !all.contains(it))
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::All => f.write_str("all"),
            Self::If { any, all } => {
                f.write_str(&any.join(" or "))?;
                if all.is_empty() { Ok(()) } else { write!(f, ", and {}", all.join(" and ")) }
            }
        }
    }
}

/// The rows of tables that the change makes, or whose access it changes.
pub(crate) fn matrix(change: &Change) -> Vec<Reach> {
    let roles = roles(&[&change.before, &change.after]);
    let mut out = Vec::new();
    for table in change.after.tables.iter().filter(|it| !it.assumed) {
        let old = change.before.table_of(table.id);
        let rows = roles.iter().flat_map(|role| {
            COMMANDS.into_iter().map(move |command| {
                let before = old.map(|it| cell(&change.before, it, role, command));
                let after = cell(&change.after, table, role, command);
                let is_wider =
                    before.as_ref().map_or(after != Cell::None, |it| is_wider(it, &after));
                Reach {
                    object: table.name.clone(),
                    role: role.clone(),
                    command,
                    before: before.map(|it| it.to_string()),
                    after: Some(after.to_string()),
                    is_wider,
                }
            })
        });
        let rows: Vec<Reach> = rows.collect();
        if rows.iter().any(|it| it.before != it.after) {
            out.extend(rows);
        }
    }
    out
}

/// The owner, everybody, and each role that a policy names.
fn roles(schemas: &[&Schema]) -> BTreeSet<String> {
    let tables = schemas.iter().flat_map(|it| &it.tables);
    let named = tables.flat_map(|it| &it.policies).flat_map(|it| &it.roles).cloned();
    named.chain(["owner".to_owned(), "public".to_owned()]).collect()
}

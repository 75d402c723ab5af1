//! `alter …`.

use super::{Action, AlterPart, Grant, PolicyPart, argument_types, create, table};
use crate::sql::{Cursor, Token, by_commas, spelt};

pub(super) fn alter(cursor: &mut Cursor<'_>) -> Option<Action> {
    if cursor.eat("default privileges") {
        return default_privileges(cursor);
    }
    if cursor.eat("table") || cursor.eat("foreign table") {
        return alter_table(cursor);
    }
    if cursor.eat("policy") {
        return policy(cursor);
    }
    if cursor.eat("type") {
        return a_type(cursor);
    }
    if let Some(kind) = cursor.eat_any(&["materialized view", "view"]) {
        return view(cursor, kind);
    }
    if cursor.eat_any(&["function", "procedure", "routine"]).is_some() {
        return function(cursor);
    }
    if cursor.eat("group") {
        return group(cursor);
    }
    if cursor.eat_any(&["role", "user"]).is_some() {
        return create::role(cursor);
    }
    if cursor.eat("publication") {
        return create::publication(cursor);
    }
    if cursor.eat("system") {
        return Some(Action::Outside("changes the settings of the server"));
    }
    let kind = cursor.eat_any(&[
        "sequence",
        "index",
        "schema",
        "domain",
        "extension",
        "database",
        "trigger",
    ])?;
    cursor.eat("if exists");
    let name = cursor.name()?;
    let words = spelt(cursor.rest());
    let cycles = words.contains("cycle") && !words.contains("no cycle");
    if kind == "sequence" && (cursor.clone().find("restart") || cycles) {
        return Some(Action::RestartSequence { name });
    }
    Some(renamed(cursor, kind, name).unwrap_or(Action::Other))
}

/// `rename to` and `set schema`.
fn renamed(cursor: &mut Cursor<'_>, kind: &'static str, name: String) -> Option<Action> {
    if cursor.eat("rename to") {
        return Some(Action::Rename { kind, to: cursor.ident()?, name });
    }
    cursor.eat("set schema").then(|| cursor.ident()).flatten().map(|schema| Action::SetSchema {
        kind,
        name,
        schema,
    })
}

fn alter_table(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("if exists");
    if cursor.eat("all in tablespace") {
        return Some(Action::Other);
    }
    cursor.eat("only");
    let table = cursor.name()?;
    cursor.eat("*");
    if let Some(action) = renamed(cursor, "table", table.clone()) {
        return Some(action);
    }
    if cursor.eat("rename constraint") {
        let name = format!("{table}.{}", cursor.ident()?);
        cursor.eat("to");
        return Some(Action::Rename { kind: "constraint", name, to: cursor.ident()? });
    }
    if cursor.eat("rename") {
        cursor.eat("column");
        let column = cursor.ident()?;
        cursor.eat("to");
        let name = format!("{table}.{column}");
        return Some(Action::Rename { kind: "column", name, to: cursor.ident()? });
    }
    let parts = by_commas(cursor.rest()).into_iter().map(|it| part(it).unwrap_or(AlterPart::Other));
    Some(Action::AlterTable { table, parts: parts.collect() })
}

fn part(tokens: &[Token]) -> Option<AlterPart> {
    let mut cursor = Cursor::new(tokens);
    let cursor = &mut cursor;
    if cursor.eat("add") {
        return add(cursor);
    }
    if cursor.eat("drop") {
        return drop(cursor);
    }
    if cursor.eat("alter constraint") {
        let name = cursor.ident()?;
        let is_deferrable = cursor.clone().find("deferrable") && !cursor.find("not deferrable");
        return Some(AlterPart::SetDeferrable { name, is_deferrable });
    }
    if cursor.eat("alter") {
        cursor.eat("column");
        return alter_column(cursor);
    }
    if cursor.eat("validate constraint") {
        return Some(AlterPart::Validate { name: cursor.ident()? });
    }
    if let Some(words) = cursor.eat_any(&[
        "enable row level security",
        "disable row level security",
        "force row level security",
        "no force row level security",
    ]) {
        return Some(match words {
            "enable row level security" => AlterPart::RowSecurity(true),
            "disable row level security" => AlterPart::RowSecurity(false),
            "force row level security" => AlterPart::ForceRowSecurity(true),
            _ => AlterPart::ForceRowSecurity(false),
        });
    }
    // Where rows are written first, it does not run any more.
    if cursor.eat("disable trigger") || cursor.eat("enable replica trigger") {
        return Some(AlterPart::DisableTrigger { name: cursor.ident()? });
    }
    if cursor.eat("enable trigger") || cursor.eat("enable always trigger") {
        return Some(AlterPart::EnableTrigger);
    }
    if cursor.eat("attach partition") {
        return Some(AlterPart::AttachPartition { partition: cursor.name()? });
    }
    if cursor.eat("detach partition") {
        let partition = cursor.name()?;
        let concurrently = cursor.eat("concurrently") || cursor.eat("finalize");
        return Some(AlterPart::DetachPartition { partition, concurrently });
    }
    if let Some(words) = cursor.eat_any(&["no inherit", "inherit"]) {
        return Some(AlterPart::Inherits(words == "inherit"));
    }
    if cursor.eat("owner to") {
        return Some(AlterPart::Owner { role: cursor.ident()? });
    }
    if cursor.eat("replica identity nothing") {
        return Some(AlterPart::NoReplicaIdentity);
    }
    if cursor.sees("set (") {
        let mut settings = cursor.clone();
        settings.eat("set");
        let settings = settings.group().map(spelt).unwrap_or_default();
        let is_off = |word: &str| settings.contains(&format!("autovacuum_enabled = {word}"));
        return ["false", "off", "0", "no"]
            .iter()
            .any(|it| is_off(it))
            .then_some(AlterPart::NoAutovacuum);
    }
    let rewrites = cursor.eat_any(&["set logged", "set tablespace", "set access method"]);
    match rewrites {
        Some(why) => Some(AlterPart::Rewrite(why)),
        None if cursor.eat("set unlogged") => Some(AlterPart::SetUnlogged),
        None => None,
    }
}

fn add(cursor: &mut Cursor<'_>) -> Option<AlterPart> {
    let is_column = cursor.eat("column");
    let if_not_exists = cursor.eat("if not exists");
    if !is_column && let Some(it) = table::constraint(cursor) {
        return Some(AlterPart::AddConstraint(it));
    }
    Some(AlterPart::AddColumn { column: table::column(cursor)?, if_not_exists })
}

fn drop(cursor: &mut Cursor<'_>) -> Option<AlterPart> {
    let is_constraint = cursor.eat("constraint");
    cursor.eat("column");
    cursor.eat("if exists");
    let name = cursor.ident()?;
    let cascade = cursor.eat("cascade");
    Some(match is_constraint {
        true => AlterPart::DropConstraint { name, cascade },
        false => AlterPart::DropColumn { column: name, cascade },
    })
}

fn alter_column(cursor: &mut Cursor<'_>) -> Option<AlterPart> {
    let column = cursor.ident()?;
    if cursor.eat("type") || cursor.eat("set data type") {
        let kind = table::read_type(cursor)?.0;
        let mut behind = Cursor::new(cursor.until(&["using"]));
        let collation = if behind.find("collate") { behind.name() } else { None };
        let using = cursor.eat("using").then(|| cursor.rest().to_vec());
        return Some(AlterPart::SetType { column, kind, using, collation });
    }
    let words = cursor.eat_any(&[
        "set default",
        "drop default",
        "set not null",
        "drop not null",
        "drop identity",
        "add generated",
        "set generated",
        "drop expression",
    ])?;
    Some(match words {
        "set default" => AlterPart::SetDefault { column, value: cursor.rest().to_vec() },
        "drop default" => AlterPart::DropDefault { column },
        "set not null" => AlterPart::SetNotNull { column },
        "drop not null" => AlterPart::DropNotNull { column },
        "drop identity" => AlterPart::DropIdentity { column },
        "add generated" => AlterPart::AddIdentity { column },
        "set generated" => {
            let is_always = cursor.eat("always");
            AlterPart::SetIdentity { column, is_always }
        }
        _ => AlterPart::DropExpression { column },
    })
}

/// `alter group g add user u`, which is an old spelling of `grant g to u`.
fn group(cursor: &mut Cursor<'_>) -> Option<Action> {
    let group = cursor.ident()?;
    let Some(word) = cursor.eat_any(&["add user", "drop user"]) else {
        return renamed(cursor, "role", group);
    };
    let it = Grant {
        kind: "role",
        privileges: vec![group],
        columns: Vec::new(),
        objects: Vec::new(),
        roles: create::roles(cursor),
        with_grant_option: false,
    };
    Some(if word == "add user" { Action::Grant(it) } else { Action::Revoke(it) })
}

fn policy(cursor: &mut Cursor<'_>) -> Option<Action> {
    let policy = cursor.ident()?;
    cursor.eat("on").then_some(())?;
    let table = cursor.name()?;
    let mut part = PolicyPart::default();
    while !cursor.is_done() {
        if cursor.eat("rename to") {
            part.rename = cursor.ident();
        } else if cursor.eat("to") {
            part.roles = Some(create::roles(cursor));
        } else if cursor.eat("using") {
            part.using = cursor.group().map(spelt);
        } else if cursor.eat("with check") {
            part.check = cursor.group().map(spelt);
        } else {
            cursor.next();
        }
    }
    Some(Action::AlterPolicy { table, policy, part })
}

fn a_type(cursor: &mut Cursor<'_>) -> Option<Action> {
    let name = cursor.name()?;
    if let Some(action) = renamed(cursor, "type", name.clone()) {
        return Some(action);
    }
    if cursor.eat("add value") {
        cursor.eat("if not exists");
        return Some(Action::AddEnumValue { name, value: cursor.next()?.text.clone() });
    }
    if cursor.eat("rename value") {
        let from = cursor.next()?.text.clone();
        cursor.eat("to");
        return Some(Action::RenameEnumValue { name, from, to: cursor.next()?.text.clone() });
    }
    if cursor.eat("rename attribute") || cursor.eat("drop attribute") {
        cursor.eat("if exists");
        let name = format!("{name}.{}", cursor.ident()?);
        let to = if cursor.eat("to") { cursor.ident()? } else { String::new() };
        return Some(Action::Rename { kind: "attribute", name, to });
    }
    Some(Action::Other)
}

fn view(cursor: &mut Cursor<'_>, kind: &'static str) -> Option<Action> {
    cursor.eat("if exists");
    let view = cursor.name()?;
    if let Some(action) = renamed(cursor, kind, view.clone()) {
        return Some(action);
    }
    if cursor.eat("rename") {
        cursor.eat("column");
        let column = cursor.ident()?;
        cursor.eat("to");
        let name = format!("{view}.{column}");
        return Some(Action::Rename { kind: "column", name, to: cursor.ident()? });
    }
    if cursor.eat("set") {
        let options = spelt(cursor.group()?);
        let is_invoker = create::invoker(&options)?;
        return Some(Action::SetInvoker { view, is_invoker });
    }
    if cursor.eat("reset") && spelt(cursor.group()?).contains("security_invoker") {
        return Some(Action::SetInvoker { view, is_invoker: false });
    }
    Some(Action::Other)
}

fn function(cursor: &mut Cursor<'_>) -> Option<Action> {
    let name = cursor.name()?;
    let arguments = cursor.group().map(argument_types);
    if let Some(action) = renamed(cursor, "function", name.clone()) {
        return Some(action);
    }
    Some(Action::AlterFunction { name, arguments, options: create::options(cursor.clone()) })
}

fn default_privileges(cursor: &mut Cursor<'_>) -> Option<Action> {
    let gives = cursor.find("grant");
    if !gives && !cursor.find("revoke") {
        return Some(Action::Other);
    }
    let privileges = by_commas(cursor.until(&["on"]));
    let privileges = privileges.into_iter().map(|it| it[0].text.clone()).collect();
    if !gives {
        cursor.find("from").then_some(())?;
        return Some(Action::DefaultRevoke { privileges, roles: create::roles(cursor) });
    }
    cursor.find("to").then_some(())?;
    Some(Action::DefaultGrant { privileges, roles: create::roles(cursor) })
}

//! `create …`.

use super::{
    Action, CreateIndex, CreateView, FunctionCreation, FunctionOptions, argument, parameter, table,
};
use crate::schema::{Function, Id, Index, Policy, TableKind, Trigger, Volatility};
use crate::simulate::{fields, written};
use crate::sql::{Cursor, Token, TokenKind, by_commas, spelt};

pub(super) fn create(cursor: &mut Cursor<'_>) -> Option<Action> {
    let or_replace = cursor.eat("or replace");
    let is_temporary =
        cursor.eat_any(&["temporary", "temp", "local temporary", "local temp"]).is_some();
    cursor.eat_any(&["unlogged", "recursive", "constraint", "trusted", "default"]);
    let kind = if is_temporary { TableKind::Temporary } else { TableKind::Plain };
    if cursor.eat("table") {
        return table::create_table(cursor, kind).map(|it| Action::CreateTable(Box::new(it)));
    }
    if cursor.eat("foreign table") {
        let table = table::create_table(cursor, TableKind::Foreign)?;
        return Some(Action::CreateTable(Box::new(table)));
    }
    if cursor.eat("unique index") {
        return index(cursor, true);
    }
    if cursor.eat("index") {
        return index(cursor, false);
    }
    if cursor.eat("materialized view") {
        return view(cursor, or_replace, true, false);
    }
    if cursor.eat("view") {
        return view(cursor, or_replace, false, is_temporary);
    }
    if let Some(word) = cursor.eat_any(&["function", "procedure"]) {
        let creation = FunctionCreation { or_replace, is_procedure: word == "procedure" };
        return function(cursor).map(|it| Action::CreateFunction(Box::new(it), creation));
    }
    if cursor.eat("policy") {
        return policy(cursor);
    }
    if cursor.eat("type") {
        return a_type(cursor);
    }
    if cursor.eat("trigger") {
        return trigger(cursor);
    }
    if cursor.eat_any(&["role", "user", "group"]).is_some() {
        return role(cursor);
    }
    if cursor.eat("publication") {
        return publication(cursor);
    }
    if cursor.eat("schema") {
        cursor.eat("if not exists");
        let name = cursor.ident().filter(|it| it != "authorization").or_else(|| cursor.ident())?;
        return Some(Action::Create { kind: "schema", name });
    }
    if cursor.eat("domain") {
        let name = cursor.name()?;
        let is_checked = cursor.clone().find("check") || cursor.find("not null");
        return Some(Action::CreateDomain { name, is_checked });
    }
    let kind = cursor.eat_any(&[
        "sequence",
        "extension",
        "server",
        "database",
        "rule",
        "aggregate",
        "event trigger",
        "subscription",
        "tablespace",
        "procedural language",
        "language",
    ])?;
    let kind = if kind == "procedural language" { "language" } else { kind };
    cursor.eat("if not exists");
    Some(Action::Create { kind, name: cursor.name()? })
}

fn trigger(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("if not exists");
    let name = cursor.name()?;
    let timing = cursor.eat_any(&["before", "after", "instead of"]).unwrap_or_default();
    let (events, columns) = events(cursor.until(&["on"]));
    cursor.eat("on").then_some(())?;
    let table = cursor.name()?;
    let (writes, fields) = (written(cursor.rest()), fields(cursor.rest()));
    let unnamed = unnamed(cursor.clone());
    let refuses = cursor
        .rest()
        .windows(3)
        .any(|it| it[0].text == "raise" && it[1].text == "(" && it[2].text != "ignore");
    let says = cursor.rest().windows(5).filter(|it| it[0].text == "raise" && it[1].text == "(");
    let says = says.map(|it| it[4].text.clone()).collect();
    let mut head = Cursor::new(cursor.clone().until(&["begin", "execute"]));
    let says_row = head.clone().find("for each row") || head.clone().find("for row");
    let when = head.find("when").then(|| spelt(head.rest()));
    let calls = cursor.find("execute") && cursor.eat_any(&["function", "procedure"]).is_some();
    let function = if calls { cursor.name() } else { None };
    // SQLite has no others.
    let is_each_row = says_row || function.is_none();
    let trigger = Trigger {
        name,
        timing,
        events,
        columns,
        when,
        is_each_row,
        function,
        writes,
        refuses,
        says,
        fields,
        unnamed,
    };
    Some(Action::CreateTrigger { table, trigger })
}

/// Tables that rows are inserted into without the names of columns, and the number of their values.
fn unnamed(mut cursor: Cursor<'_>) -> Vec<(String, usize)> {
    let mut out = Vec::new();
    while cursor.find("insert into") {
        let Some(table) = cursor.name() else { continue };
        if cursor.eat("values")
            && let Some(values) = cursor.group()
        {
            out.push((table, by_commas(values).len()));
        }
    }
    out
}

/// What a trigger waits for: events, and the columns of `update of`.
fn events(tokens: &[Token]) -> (Vec<String>, Vec<String>) {
    let (mut events, mut columns) = (Vec::new(), Vec::new());
    let mut cursor = Cursor::new(tokens);
    while !cursor.is_done() {
        let part = cursor.until(&["or"]);
        cursor.eat("or");
        let Some(event) = part.first().map(|it| it.text.as_str()) else { continue };
        if matches!(event, "insert" | "update" | "delete" | "truncate") {
            events.push(event.to_owned());
            let named = part.iter().skip(2).filter(|it| it.text != ",");
            columns.extend(named.map(|it| it.text.clone()));
        }
    }
    (events, columns)
}

fn index(cursor: &mut Cursor<'_>, is_unique: bool) -> Option<Action> {
    let concurrently = cursor.eat("concurrently");
    let if_not_exists = cursor.eat("if not exists");
    let name = if cursor.sees("on") { String::new() } else { cursor.name()? };
    cursor.eat("on").then_some(())?;
    let is_only = cursor.eat("only");
    let table = cursor.name()?;
    if cursor.eat("using") {
        cursor.ident();
    }
    let keys = cursor.group().map(by_commas).unwrap_or_default();
    let keys = keys.into_iter().map(|it| key_of(&spelt(it))).collect();
    let joins_nulls = cursor.clone().find("nulls not distinct");
    let filter = cursor.find("where").then(|| spelt(cursor.rest()));
    let index = Index { name, is_unique, keys, filter, joins_nulls };
    Some(Action::CreateIndex(CreateIndex { table, concurrently, if_not_exists, is_only, index }))
}

/// The expression without its order.
fn key_of(text: &str) -> String {
    let text = text.strip_suffix(" nulls last").unwrap_or(text);
    let text = text.strip_suffix(" nulls first").unwrap_or(text);
    let text = text.strip_suffix(" desc").unwrap_or(text);
    text.strip_suffix(" asc").unwrap_or(text).to_owned()
}

fn view(
    cursor: &mut Cursor<'_>,
    or_replace: bool,
    is_materialized: bool,
    is_temporary: bool,
) -> Option<Action> {
    cursor.eat("if not exists");
    let name = cursor.name()?;
    let columns = cursor.group().map(table::names);
    let (mut is_invoker, mut is_barrier, mut is_checked) = (false, false, false);
    if cursor.eat("with") {
        let options = cursor.group().map(spelt).unwrap_or_default();
        is_invoker = invoker(&options) == Some(true);
        is_barrier =
            options.contains("security_barrier") && !options.contains("security_barrier = false");
        is_checked = options.contains("check_option");
    }
    cursor.find("as").then_some(())?;
    let query = cursor.rest().to_vec();
    let words: Vec<&str> = query.iter().rev().take(2).map(|it| it.text.as_str()).collect();
    is_checked |= words == ["option", "check"];
    Some(Action::CreateView(CreateView {
        name,
        is_materialized,
        or_replace,
        is_invoker,
        is_barrier,
        is_checked,
        is_temporary,
        columns,
        query,
    }))
}

/// What a list of options says of `security_invoker`.
pub(super) fn invoker(options: &str) -> Option<bool> {
    let (_, rest) = options.split_once("security_invoker")?;
    let value = rest.trim_start_matches([' ', '=']).trim_matches('\'');
    let is_off = ["false", "off", "no", "0"].iter().any(|it| value.starts_with(it));
    Some(!is_off)
}

fn function(cursor: &mut Cursor<'_>) -> Option<Function> {
    let name = cursor.name()?;
    let read = cursor.group().map(by_commas).unwrap_or_default();
    let parameters = read.iter().filter_map(|it| parameter(it)).collect();
    let read: Vec<_> = read.into_iter().filter_map(argument).collect();
    let mut out = Function {
        id: Id(0),
        name,
        parameters,
        n_defaults: read.iter().filter(|it| it.1).count(),
        arguments: read.into_iter().map(|it| it.0).collect(),
        returns: String::new(),
        volatility: Volatility::Volatile,
        is_definer: false,
        has_search_path: false,
        has_open_path: false,
        body: String::new(),
        language: String::new(),
    };
    let stops = [
        "language",
        "as",
        "security",
        "set",
        "immutable",
        "stable",
        "volatile",
        "strict",
        "cost",
        "rows",
        "parallel",
        "called",
        "leakproof",
        "begin",
        "return",
        "window",
        "external",
        "not",
    ];
    if cursor.eat("returns") && !cursor.sees("null on null input") {
        out.returns = spelt(cursor.until(&stops));
    }
    let options = options(cursor.clone());
    out.is_definer = options.is_definer.unwrap_or(false);
    out.has_search_path = options.has_search_path.unwrap_or(false);
    out.has_open_path = options.has_open_path.unwrap_or(false);
    out.volatility = options.volatility.unwrap_or_default();
    let mut language = cursor.clone();
    if language.find("language") {
        out.language = language.next().map(|it| it.text.clone()).unwrap_or_default();
    }
    let text = cursor.rest().iter().filter(|it| it.kind == TokenKind::Text);
    out.body = text.max_by_key(|it| it.text.len()).map(|it| it.text.clone()).unwrap_or_default();
    if let Some(at) = cursor.rest().iter().position(|it| it.text == "return" || it.text == "begin")
        && out.language != "plpgsql"
        && !cursor.clone().find("as")
    {
        out.body = spelt(&cursor.rest()[at..]);
    }
    Some(out)
}

pub(super) fn options(mut cursor: Cursor<'_>) -> FunctionOptions {
    let mut out = FunctionOptions::default();
    while !cursor.is_done() {
        if cursor.eat("security definer") {
            out.is_definer = Some(true);
        } else if cursor.eat("security invoker") {
            out.is_definer = Some(false);
        } else if cursor.eat("set search_path") {
            out.has_search_path = Some(true);
            out.has_open_path = Some(open_schema(cursor.clone()).is_some());
        } else if let Some(word) = cursor.eat_any(&["immutable", "stable", "volatile"]) {
            out.volatility = Some(match word {
                "immutable" => Volatility::Immutable,
                "stable" => Volatility::Stable,
                _ => Volatility::Volatile,
            });
        } else if cursor.eat("reset search_path") || cursor.eat("reset all") {
            (out.has_search_path, out.has_open_path) = (Some(false), Some(false));
        } else {
            cursor.next();
        }
    }
    out
}

/// The schema that a search path names and where others may create things; the cursor is behind
/// `set search_path`.
pub(crate) fn open_schema(mut cursor: Cursor<'_>) -> Option<&'static str> {
    cursor.eat_any(&["=", "to"]);
    while let Some(token) = cursor.next().filter(|it| it.kind != TokenKind::Sign) {
        let mut names = token.text.split(',').map(|it| it.trim().trim_matches('"'));
        let open = names.find_map(|it| ["public", "$user"].into_iter().find(|of| it == *of));
        if open.is_some() || !cursor.eat(",") {
            return open;
        }
    }
    None
}

fn policy(cursor: &mut Cursor<'_>) -> Option<Action> {
    let name = cursor.ident()?;
    cursor.eat("on").then_some(())?;
    let table = cursor.name()?;
    let mut out = Policy {
        id: Id(0),
        name,
        command: "all".to_owned(),
        is_permissive: true,
        roles: vec!["public".to_owned()],
        using: None,
        check: None,
    };
    while !cursor.is_done() {
        if cursor.eat("as restrictive") {
            out.is_permissive = false;
        } else if cursor.eat("for") {
            out.command = cursor.ident()?;
        } else if cursor.eat("to") {
            out.roles = roles(cursor);
        } else if cursor.eat("using") {
            out.using = cursor.group().map(spelt);
        } else if cursor.eat("with check") {
            out.check = cursor.group().map(spelt);
        } else {
            cursor.next();
        }
    }
    Some(Action::CreatePolicy { table, policy: Box::new(out) })
}

pub(super) fn roles(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut out = Vec::new();
    while let Some(role) = cursor.ident() {
        out.push(role);
        if !cursor.eat(",") {
            break;
        }
    }
    out
}

fn a_type(cursor: &mut Cursor<'_>) -> Option<Action> {
    let name = cursor.name()?;
    if !cursor.eat("as enum") {
        return Some(Action::Create { kind: "type", name });
    }
    let values = cursor.group()?.iter().filter(|it| it.kind == TokenKind::Text);
    Some(Action::CreateEnum { name, values: values.map(|it| it.text.clone()).collect() })
}

pub(super) fn role(cursor: &mut Cursor<'_>) -> Option<Action> {
    cursor.eat("if not exists");
    let name = cursor.ident()?;
    let options = cursor.rest().iter().filter(|it| it.kind == TokenKind::Word);
    Some(Action::Role { name, options: options.map(|it| it.text.clone()).collect() })
}

pub(super) fn publication(cursor: &mut Cursor<'_>) -> Option<Action> {
    let publication = cursor.ident()?;
    cursor.eat_any(&["add", "set"]);
    if cursor.eat("for all tables") {
        return Some(Action::AddToPublication { publication, tables: Vec::new(), all: true });
    }
    cursor.eat("for");
    if cursor.eat("tables in schema") {
        return Some(Action::AddToPublication { publication, tables: Vec::new(), all: true });
    }
    if !cursor.eat("table") {
        return Some(Action::Other);
    }
    let mut tables = Vec::new();
    loop {
        cursor.eat("only");
        tables.push(cursor.name()?);
        cursor.group();
        if !cursor.eat(",") {
            break;
        }
    }
    Some(Action::AddToPublication { publication, tables, all: false })
}

//! SQL data definitions: `CREATE TABLE`, foreign keys added later, enum types and row policies.
//!
//! Each statement goes to a real SQL parser; what that refuses (pseudo-SQL is common in specs) is
//! read by splitting at commas.

use super::attributes;
use super::names;
use crate::facts::ColumnFact;
use crate::pattern::compile;
use model::{Policy, Span};
use regex::Regex;
use rustc_hash::FxHashMap;
use sqlparser::ast::{
    ColumnDef, ColumnOption, CreateTable, ObjectName, Statement, TableConstraint,
};
use sqlparser::dialect::{GenericDialect, PostgreSqlDialect};
use sqlparser::parser::Parser;
use std::sync::LazyLock;

/// A table as a fence declares it; spans count from the start of the fence's text.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) label: String,
    pub(super) name: String,
    pub(super) columns: Vec<ColumnFact>,
    pub(super) span: Span,
}

/// Everything a piece of SQL declares.
#[derive(Debug, Default)]
pub(super) struct Ddl {
    pub(super) tables: Vec<Declared>,
    /// (table, column, target table, target column, where)
    pub(super) references: Vec<(String, String, String, Option<String>, Span)>,
    pub(super) policies: Vec<(String, Policy, Span)>,
}

/// Statements longer than this go to the loose reader: the parser's cost is not ours to bound.
const STATEMENT_BYTES_MAX: usize = 64 * 1024;

pub(super) fn looks_like(code: &str) -> bool {
    CREATE.is_match(code)
}

pub(super) fn read(code: &str) -> Ddl {
    let enums = enums(code);
    let mut ddl = Ddl::default();
    let mut after = 0;
    for found in CREATE.captures_iter(code) {
        let whole = found.get(0).expect("group 0 is the match");
        let name = found.get(1).expect("the pattern has a name");
        if whole.start() < after {
            continue;
        }
        let open = whole.end() - 1;
        let close = closing(code, open).unwrap_or(code.len());
        after = close;
        let statement = &code[whole.start()..(close + 1).min(code.len())];
        let label = last_part(name.as_str());
        let mut columns = exact(statement, whole.start())
            .unwrap_or_else(|| loose(code.get(open + 1..close).unwrap_or_default(), open + 1));
        for column in &mut columns {
            let known = column.ty.as_deref().and_then(|it| enums.get(it));
            if let Some(values) = known.filter(|_| column.values.is_empty()) {
                column.values.clone_from(values);
            }
        }
        ddl.tables.push(Declared {
            label: label.clone(),
            name: names::snake(&label),
            columns,
            span: Span::new(name.start(), name.end()),
        });
    }
    alterations(code, &mut ddl);
    policies(code, &mut ddl);
    ddl
}

static CREATE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?((?:[`"\[]?\w+[`"\]]?\.)?[`"\[]?\w+[`"\]]?)\s*\("#,
    )
});
static ALTER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i)\balter\s+table\s+(?:only\s+)?(?:if\s+exists\s+)?([\w."`]+)\s+add\s+(?:constraint\s+\S+\s+)?foreign\s+key\s*\(\s*["`]?(\w+)["`]?\s*\)\s*references\s+([\w."`]+)\s*(?:\(\s*["`]?(\w+))?"#,
    )
});
static ADD_COLUMN: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i)\balter\s+table\s+(?:only\s+)?(?:if\s+exists\s+)?([\w."`]+)\s+add\s+column\s+(?:if\s+not\s+exists\s+)?([^,;]+)"#,
    )
});
static ENUM: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"(?i)\bcreate\s+type\s+([\w."]+)\s+as\s+enum\s*\(([^)]*)\)"#));
static POLICY: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?i)\bcreate\s+policy\s+(?:"[^"]*"|\S+)\s+on\s+([\w."`]+)([^;]*)"#)
});

/// Tables without the words before them: `notes (` and a column with its type a line.
pub(super) fn read_bare(code: &str) -> Ddl {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r#"(?m)^[ \t]*(?:(?i:table)[ \t]+)?[`"]?([A-Za-z][A-Za-z0-9_]*)[`"]?[ \t]*\([ \t]*(?:--[^\n]*)?$"#,
        )
    });
    let mut ddl = Ddl::default();
    let mut after = 0;
    for found in HEAD.captures_iter(code) {
        let (whole, name) = (found.get(0).expect("the match"), found.get(1).expect("its name"));
        if whole.start() < after {
            continue;
        }
        let open = name.end() + code[name.end()..].find('(').unwrap_or_default();
        let Some(close) = closing(code, open) else { break };
        after = close;
        let columns = loose(&code[open + 1..close], open + 1);
        let n_typed = columns.iter().filter(|it| it.ty.is_some()).count();
        if columns.len() < 2 || n_typed * 2 < columns.len() {
            continue;
        }
        ddl.tables.push(Declared {
            label: name.as_str().to_owned(),
            name: names::snake(name.as_str()),
            columns,
            span: Span::new(name.start(), name.end()),
        });
    }
    ddl
}

fn last_part(name: &str) -> String {
    let part = name.rsplit('.').next().unwrap_or(name);
    part.trim_matches(['`', '"', '[', ']']).to_owned()
}

/// The offset of the bracket that closes the one at `open`, quotes and comments respected.
fn closing(code: &str, open: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut depth = 0usize;
    let mut at = open;
    while at < bytes.len() {
        match bytes[at] {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |it| at + it);
            }
            quote @ (b'\'' | b'"') => {
                // A quote left open in prose must not swallow the rest: it ends with its line.
                let line = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |it| at + it);
                if let Some(end) = memchr::memchr(quote, &bytes[at + 1..line]) {
                    at += 1 + end;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The columns by the SQL parser; `None` when it refuses the statement.
fn exact(statement: &str, offset: usize) -> Option<Vec<ColumnFact>> {
    if statement.len() > STATEMENT_BYTES_MAX {
        return None;
    }
    let parsed = Parser::parse_sql(&PostgreSqlDialect {}, statement)
        .or_else(|_| Parser::parse_sql(&GenericDialect {}, statement))
        .ok()?;
    let [Statement::CreateTable(CreateTable { columns, constraints, .. })] = parsed.as_slice()
    else {
        return None;
    };
    let lines: Vec<usize> = std::iter::once(0)
        .chain(memchr::memchr_iter(b'\n', statement.as_bytes()).map(|it| it + 1))
        .collect();
    let place = |it: &sqlparser::ast::Ident| -> Span {
        let start = it.span.start;
        let line = usize::try_from(start.line).unwrap_or(1).saturating_sub(1);
        let from = lines.get(line).copied().unwrap_or(0);
        let column = usize::try_from(start.column).unwrap_or(1).saturating_sub(1);
        let rest = &statement[from..];
        let at = rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
        let quote = usize::from(it.quote_style.is_some());
        let start = (from + at + quote).min(statement.len());
        let end = (start + it.value.len()).min(statement.len());
        Span::new(offset + start, offset + end)
    };
    let mut out: Vec<ColumnFact> =
        columns.iter().map(|it| column_of(it, place(&it.name))).collect();
    for constraint in constraints {
        constrain(&mut out, constraint);
    }
    Some(out)
}

fn column_of(def: &ColumnDef, span: Span) -> ColumnFact {
    let mut out = attributes::column(&def.name.value, span);
    let ty = def.data_type.to_string().to_lowercase();
    out.values = attributes::values(&ty);
    out.ty = Some(ty).filter(|it| !it.is_empty());
    for option in &def.options {
        match &option.option {
            ColumnOption::Null => out.nullable = Some(true),
            ColumnOption::NotNull => out.nullable = Some(false),
            ColumnOption::PrimaryKey(_) => out.primary = true,
            ColumnOption::Unique(_) => out.unique = true,
            ColumnOption::ForeignKey(it) => {
                let column = it.referred_columns.first().map(|it| names::snake(&it.value));
                out.references = Some((object(&it.foreign_table), column));
            }
            ColumnOption::Check(it) => out.values = attributes::values(&it.expr.to_string()),
            _ => {}
        }
    }
    out
}

fn object(name: &ObjectName) -> String {
    names::snake(&last_part(&name.to_string()))
}

fn constrain(columns: &mut [ColumnFact], constraint: &TableConstraint) {
    let only = |list: &[sqlparser::ast::IndexColumn]| match list {
        [one] => Some(names::snake(&one.column.expr.to_string())),
        _ => None,
    };
    match constraint {
        TableConstraint::PrimaryKey(it) => {
            for part in &it.columns {
                let name = names::snake(&part.column.expr.to_string());
                set(columns, &name, |it| it.primary = true);
            }
        }
        TableConstraint::Unique(it) => {
            if let Some(name) = only(&it.columns) {
                set(columns, &name, |it| it.unique = true);
            }
        }
        TableConstraint::ForeignKey(it) => {
            let target = object(&it.foreign_table);
            for (index, column) in it.columns.iter().enumerate() {
                let to = it.referred_columns.get(index).map(|it| names::snake(&it.value));
                let target = target.clone();
                set(columns, &names::snake(&column.value), |it| it.references = Some((target, to)));
            }
        }
        _ => {}
    }
}

fn set(columns: &mut [ColumnFact], name: &str, change: impl FnOnce(&mut ColumnFact)) {
    if let Some(column) = columns.iter_mut().find(|it| it.name == name) {
        change(column);
    }
}

/// The columns of a body that is only nearly SQL.
fn loose(body: &str, offset: usize) -> Vec<ColumnFact> {
    let mut out: Vec<ColumnFact> = Vec::new();
    for (start, part) in split_top(body) {
        let part_trimmed = uncommented(part);
        let text = part_trimmed.trim();
        let Some(first) = text.split_whitespace().next() else { continue };
        let name = first.trim_matches(['`', '"', '[', ']', ',']);
        let at = start + part.find(first).unwrap_or(0);
        match name.to_ascii_lowercase().as_str() {
            "primary" | "unique" | "foreign" | "constraint" | "check" | "index" | "key"
            | "exclude" | "..." => {
                table_constraint(&mut out, text);
                continue;
            }
            _ => {}
        }
        if !name.chars().all(|it| it.is_alphanumeric() || it == '_') || name.is_empty() {
            continue;
        }
        let lead = first.find(name).unwrap_or(0);
        let from = offset + at + lead;
        let mut column = attributes::column(name, Span::new(from, from + name.len()));
        let rest = text[first.len()..].trim();
        column.ty = rest
            .split_whitespace()
            .next()
            .map(|it| it.trim_end_matches(',').to_lowercase())
            .filter(|it| attributes::is_type(it));
        attributes::apply(&mut column, rest);
        out.push(column);
    }
    out
}

fn table_constraint(columns: &mut [ColumnFact], text: &str) {
    static LIST: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i)\b(primary|foreign|unique)(?:\s+key)?\s*\(([^)]*)\)"));
    let Some(found) = LIST.captures(text) else { return };
    let kind = found[1].to_ascii_lowercase();
    let names: Vec<String> = found[2].split(',').map(names::snake).collect();
    for name in &names {
        set(columns, name, |it| match kind.as_str() {
            "primary" => it.primary = true,
            "unique" => it.unique |= names.len() == 1,
            _ => it.references = attributes::reference(text),
        });
    }
}

/// Drops `-- comments`.
fn uncommented(part: &str) -> String {
    part.lines().map(|it| it.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Splits at commas outside brackets, with the offset of each part.
pub(super) fn split_top(body: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut depth = 0i32;
    let mut start = 0;
    let mut in_comment = false;
    for (at, c) in body.char_indices() {
        match c {
            '\n' => in_comment = false,
            '-' if body[at..].starts_with("--") => in_comment = true,
            _ if in_comment => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth <= 0 => {
                out.push((start, &body[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    if !body[start..].trim().is_empty() {
        out.push((start, &body[start..]));
    }
    out
}

fn enums(code: &str) -> FxHashMap<String, Vec<String>> {
    ENUM.captures_iter(code)
        .map(|it| {
            let values = it[2].split(',').map(|it| it.trim().trim_matches('\'').to_owned());
            (last_part(&it[1]).to_lowercase(), values.collect())
        })
        .collect()
}

fn alterations(code: &str, ddl: &mut Ddl) {
    let has = |word: &[u8]| memchr::memmem::find(code.as_bytes(), word).is_some();
    if !(has(b"lter") || has(b"LTER")) {
        return;
    }
    for it in ALTER.captures_iter(code) {
        let whole = it.get(0).expect("group 0 is the match");
        ddl.references.push((
            names::snake(&last_part(&it[1])),
            names::snake(&it[2]),
            names::snake(&last_part(&it[3])),
            it.get(4).map(|it| names::snake(it.as_str())),
            Span::new(whole.start(), whole.end()),
        ));
    }
    for it in ADD_COLUMN.captures_iter(code) {
        let (table, body) = (&it[1], it.get(2).expect("the pattern has it"));
        let columns = loose(body.as_str(), body.start());
        let span = it.get(1).map(|it| Span::new(it.start(), it.end())).unwrap_or_default();
        let label = last_part(table);
        let name = names::snake(&label);
        ddl.tables.push(Declared { label, name, columns, span });
    }
}

fn policies(code: &str, ddl: &mut Ddl) {
    for it in POLICY.captures_iter(code) {
        let whole = it.get(0).expect("group 0 is the match");
        let body = it[2].to_lowercase();
        let own = body.contains("auth.uid()")
            || body.contains("current_user")
            || body.contains("currentuser");
        let open = body.contains("using (true)") || body.contains("public");
        let policy = match (own, open) {
            (true, true) => Policy::OwnOrPublic,
            (true, false) => Policy::OwnRow,
            (false, true) => Policy::Public,
            (false, false) => continue,
        };
        let span = Span::new(whole.start(), whole.end());
        ddl.policies.push((names::snake(&last_part(&it[1])), policy, span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(code: &str, expect: Expect) {
        let ddl = read(code);
        let mut out = String::new();
        for table in &ddl.tables {
            out += &format!("{}\n", table.name);
            for it in &table.columns {
                assert_eq!(names::snake(&code[it.span.range()]), it.name);
                out += &format!("  {}\n", super::super::render(it));
            }
        }
        for it in &ddl.references {
            out += &format!("{}.{} -> {}.{:?}\n", it.0, it.1, it.2, it.3);
        }
        for it in &ddl.policies {
            out += &format!("policy {} {:?}\n", it.0, it.1);
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn real_sql_gives_types_keys_and_values() {
        check(
            "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TABLE \"posts\" (\n  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),\n  -- who wrote it\n  user_id UUID NOT NULL REFERENCES auth.users(id) ON DELETE CASCADE,\n  m mood,\n  plan VARCHAR(20) CHECK (plan IN ('free', 'pro')),\n  slug text UNIQUE,\n  FOREIGN KEY (slug) REFERENCES pages(slug)\n);\nCREATE POLICY \"own\" ON posts FOR SELECT USING (auth.uid() = user_id);\nALTER TABLE posts ADD COLUMN body text NOT NULL;",
            expect![[r#"
                posts
                  id uuid pk
                  user_id uuid not null -> users.id
                  m mood ["sad", "ok"]
                  plan varchar(20) ["free", "pro"]
                  slug text unique -> pages.slug
                posts
                  body text not null
                policy posts OwnRow
            "#]],
        );
    }

    #[test]
    fn pseudo_sql_is_read_too() {
        check(
            "create table orders (\n  id,\n  customer -> customers.id,\n  total money!,\n  status enum(open, paid),\n  ...\n)",
            expect![[r#"
                orders
                  id
                  customer -> customers.id
                  total
                  status enum(open ["open", "paid"]
            "#]],
        );
    }

    proptest! {
        #[test]
        fn hostile_sql_is_no_crash(code in "(CREATE TABLE |create type |a|b|\\(|\\)|,|'|\"|--|\n| |é|REFERENCES |alter table |add column ){0,60}") {
            for table in read(&code).tables {
                prop_assert!(code.get(table.span.range()).is_some());
                for column in table.columns {
                    prop_assert!(code.get(column.span.range()).is_some());
                }
            }
        }
    }
}

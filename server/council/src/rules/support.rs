//! What several rules ask.

use super::cx::Cx;
use crate::change::Step;
use crate::ddl::{Action, AlterPart};
use crate::logic::{canonical, is_always_true_of};
use crate::schema::{
    Column, Constraint, ConstraintKind, Function, Policy, Schema, Table, Target, Volatility,
};
use crate::simulate::{sources, written};
use crate::sql::{RawStatement, Token, TokenKind, spelt};
use crate::types::is_alike;
use migrate::plan::Dialect;
use model::Risk;
use std::collections::BTreeMap;

/// Parts of `alter table` that hold back users of a table that was there: none on SQLite, where a
/// migration is the only one.
pub(super) fn locking(cx: &Cx) -> impl Iterator<Item = (&Step, &Table, &AlterPart)> {
    let is_shared = cx.change.dialect == Dialect::Postgres;
    cx.change.alterations().filter(move |_| is_shared)
}

/// The table that was there and that a step takes a lock of, for which it may have to wait.
pub(super) fn locked_table(cx: &Cx, step: &Step) -> Option<String> {
    let name = match &step.action {
        // Neither readers nor writers wait for these.
        Action::AlterTable { parts, .. }
            if parts.iter().all(|it| matches!(it, AlterPart::Validate { .. })) =>
        {
            return None;
        }
        Action::AlterTable { table, .. }
        | Action::CreateTrigger { table, .. }
        | Action::CreatePolicy { table, .. }
        | Action::AlterPolicy { table, .. } => table,
        Action::CreateIndex(it) if !it.concurrently => &it.table,
        Action::Drop(it) if it.kind == "table" => &it.names[0],
        Action::Rename { kind: "table", name, .. }
        | Action::SetSchema { kind: "table", name, .. } => name,
        Action::Rename { kind: "column", name, .. } => name.rsplit_once('.')?.0,
        Action::Truncate { tables, .. } => &tables[0],
        _ => return None,
    };
    cx.change.old_table(step, name).map(|it| it.name.clone())
}

/// The statement with `concurrently` in its place.
pub(super) fn concurrently(cx: &Cx, step: &Step) -> String {
    let whole = cx.change.text.get(step.raw.span.range()).unwrap_or_default();
    let behind = step.raw.tokens.iter().find(|it| {
        it.kind == TokenKind::Word
            && matches!(it.text.as_str(), "index" | "view" | "table" | "schema" | "database")
    });
    let Some(behind) = behind else { return whole.to_owned() };
    let at = (behind.span.end - step.raw.span.start) as usize;
    format!("{} concurrently{}", &whole[..at.min(whole.len())], &whole[at.min(whole.len())..])
}

/// Whether an expression may give each row another value, as far as is known.
pub(super) fn is_volatile(expr: &[Token], schema: &Schema) -> bool {
    const VOLATILE: [&str; 18] = [
        "random",
        "gen_random_uuid",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "uuidv4",
        "uuidv7",
        "clock_timestamp",
        "timeofday",
        "nextval",
        "currval",
        "lastval",
        "gen_random_bytes",
        "random_normal",
        "gen_salt",
        "nanoid",
        "statement_timestamp_ms",
        "setseed",
    ];
    expr.windows(2).any(|it| {
        let is_call =
            it[0].kind != TokenKind::Text && it[1].text == "(" && it[1].kind == TokenKind::Sign;
        let name = it[0].text.as_str();
        let is_own = |it: &&Function| it.name.rsplit('.').next() == Some(name);
        let own = || schema.functions.iter().filter(is_own);
        let is_own_volatile = || own().any(|it| it.volatility == Volatility::Volatile);
        is_call && (VOLATILE.contains(&name) && own().next().is_none() || is_own_volatile())
    })
}

/// Whether a condition holds for every row of the table when the step runs: by itself, by a foreign
/// key that every row has, or by what the migration has written into all rows before.
pub(super) fn is_for_all(cx: &Cx, step: &Step, table: &Table, filter: &[Token]) -> bool {
    let text = spelt(filter);
    if is_always_true_of(&text, table) {
        return true;
    }
    let known = written_everywhere(cx, step, table);
    let holds = |part: &str| {
        is_always_true_of(part, table)
            || known.iter().any(|(column, value)| match value {
                Some(value) => {
                    part == format!("{column} = {value}") || part == format!("{column} is not null")
                }
                None => part == format!("{column} is null"),
            })
    };
    !known.is_empty() && text.split(" and ").all(holds)
}

/// Columns that hold the same in every row of a table when a step runs, with the constant as it is
/// spelt; `None` is null.
fn written_everywhere(cx: &Cx, step: &Step, table: &Table) -> BTreeMap<String, Option<String>> {
    let mut known = BTreeMap::new();
    let constant = |it: &[Token]| match it {
        [one] if matches!(one.kind, TokenKind::Text | TokenKind::Number) => Some(spelt(it)),
        _ => None,
    };
    let earlier = cx.change.steps.iter().take_while(|it| !std::ptr::eq(*it, step));
    for it in earlier {
        match &it.action {
            Action::AlterTable { table: name, parts } if *name == table.name => {
                for part in parts {
                    let AlterPart::AddColumn { column, .. } = part else { continue };
                    let value = column.default.as_deref().map(constant);
                    // What is computed, or takes a number, is no constant.
                    if value != Some(None) && column.generated.is_none() && !column.is_identity {
                        known.insert(column.name.clone(), value.flatten());
                    }
                }
            }
            Action::Update(it) if it.table == table.name => {
                let is_all = it
                    .filter
                    .as_deref()
                    .is_none_or(|filter| is_always_true_of(&spelt(filter), table));
                for (column, value) in &it.sets {
                    known.remove(column);
                    if let Some(value) = constant(value).filter(|_| is_all) {
                        known.insert(column.clone(), Some(value));
                    }
                }
            }
            // New rows may be otherwise.
            Action::Insert { table: name, .. } if *name == table.name => known.clear(),
            _ => {}
        }
    }
    known
}

/// Whether a condition keeps a statement to some of the rows, a few at a time.
pub(super) fn is_bounded(filter: Option<&[Token]>, table: &Table) -> bool {
    let Some(filter) = filter else { return false };
    let text = spelt(filter);
    if is_always_true_of(&text, table) || is_join(filter) {
        return false;
    }
    // `x is null` alone is the whole table the first time.
    !text.ends_with(" is null") || text.contains(" and ")
}

/// Whether a condition only says which rows of two tables belong together.
fn is_join(filter: &[Token]) -> bool {
    let is_constant = |it: &Token| matches!(it.kind, TokenKind::Text | TokenKind::Number);
    let has_sign = |sign: &str| filter.iter().any(|it| it.text == sign);
    has_sign(".") && has_sign("=") && !filter.iter().any(is_constant)
}

/// A constant as SQL spells it, without a cast behind it; `None` for what has to be computed.
pub(super) fn as_text(value: &[Token]) -> Option<String> {
    let end = value.iter().position(|it| it.text == "::").unwrap_or(value.len());
    let is_constant = |it: &Token| match it.kind {
        TokenKind::Text | TokenKind::Number => true,
        TokenKind::Word => matches!(it.text.as_str(), "null" | "true" | "false"),
        _ => false,
    };
    match &value[..end] {
        [one] if is_constant(one) => Some(spelt(&value[..end])),
        [sign, one] if sign.text == "-" && one.kind == TokenKind::Number => {
            Some(format!("-{}", one.text))
        }
        _ => None,
    }
}

/// Whether a value is left to the table: `default`.
pub(super) fn says_default(value: &[Token]) -> bool {
    value.len() == 1 && value[0].text == "default" && value[0].kind == TokenKind::Word
}

/// A condition without the texts in it.
pub(super) fn without_texts(text: &str) -> String {
    text.split('\'').step_by(2).collect()
}

/// Whether code asks the session who calls, itself or through functions that it calls.
pub(super) fn asks_who_calls(schema: &Schema, body: &str) -> bool {
    let body = body.to_lowercase();
    let mut called = schema.functions.iter().filter(|it| {
        let bare = it.name.rsplit('.').next().unwrap_or(&it.name);
        calls(&body, bare) && it.body.to_lowercase() != body
    });
    asks_session(&body) || called.any(|it| asks_session(&it.body.to_lowercase()))
}

/// How bad it is to break a deployed client: SQLite is embedded in its client, which changes with it.
pub(super) fn client_risk(cx: &Cx, risk: Risk) -> Risk {
    if cx.is_postgres() { risk } else { risk.min(Risk::Medium) }
}

/// Whether a statement takes into account that what it names is not there.
pub(super) fn says_if_exists(raw: &RawStatement) -> bool {
    raw.tokens.windows(2).any(|it| it[0].text == "if" && it[1].text == "exists")
}

/// Roles that anybody can take.
pub(super) fn is_anybody(role: &str) -> bool {
    matches!(role, "public" | "anon" | "anonymous" | "guest" | "web_anon")
}

/// Roles that see everything by design.
pub(super) fn is_trusted(role: &str) -> bool {
    const TRUSTED: [&str; 5] =
        ["service_role", "postgres", "supabase_admin", "rds_superuser", "admin"];
    TRUSTED.contains(&role) || role.ends_with("_admin") || role.ends_with("_owner")
}

/// Tables of before that are no more, and whose rows went nowhere.
pub(super) fn dropped_tables(cx: &Cx) -> impl Iterator<Item = &Table> {
    let (before, after) = (&cx.change.before, &cx.change.after);
    let is_gone = move |it: &&Table| after.table_of(it.id).is_none() && rebuilt(cx, it).is_none();
    before.tables.iter().filter(is_gone)
}

/// The table that the rows of a dropped one were copied into.
pub(super) fn rebuilt<'a>(cx: &'a Cx, table: &Table) -> Option<&'a Table> {
    if cx.change.after.table_of(table.id).is_some() {
        return None;
    }
    cx.change.steps.iter().find_map(|step| {
        let target = match &step.action {
            Action::Insert { table, .. } => table,
            Action::CreateTable(it) if it.query.is_some() => &it.name,
            _ => return None,
        };
        // It may have been renamed to make room.
        let old = step.schema.table_of(table.id)?;
        if !sources(&step.raw.tokens).contains(&old.name) {
            return None;
        }
        let made = match &step.action {
            Action::Insert { .. } => step.schema.table(target).map(|it| it.id),
            _ => cx
                .change
                .after
                .tables
                .iter()
                .find(|it| it.name == *target || it.name == table.name)
                .map(|it| it.id),
        };
        cx.change.after.table_of(made?)
    })
}

/// What became of a table of before: itself, or what its rows were copied into.
pub(super) fn successor<'a>(cx: &'a Cx, table: &Table) -> Option<&'a Table> {
    cx.change.after.table_of(table.id).or_else(|| rebuilt(cx, table))
}

/// What a column of before is called now, in what became of its table.
pub(super) fn name_now<'a>(old: &Table, new: &'a Table, column: &str) -> Option<&'a str> {
    let was = old.column(column)?;
    let now = match old.id == new.id {
        true => new.column_of(was.id),
        false => new.column(column),
    };
    now.map(|it| it.name.as_str())
}

/// Whether something by that name keeps a record of what was done.
pub(super) fn is_record(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "audit",
        "history",
        "revision",
        "journal",
        "ledger",
        "trail",
        "changelog",
        "archive",
        "event",
    ];
    let name = name.to_lowercase();
    let is_log = name.split(['_', '.']).any(|it| matches!(it, "log" | "logs" | "versions"));
    is_log || WORDS.iter().any(|it| name.contains(it))
}

/// Whether a text in lower case calls a function.
pub(super) fn calls(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let found = text.match_indices(name);
    found.into_iter().any(|(at, _)| {
        !text[..at].ends_with(is_part) && text[at + name.len()..].trim_start().starts_with('(')
    })
}

/// Whether a text in lower case asks the session who calls.
pub(super) fn asks_session(text: &str) -> bool {
    const ASKS: [&str; 6] =
        ["auth.uid", "auth.jwt", "auth.role", "auth.email", "current_setting", "session_user"];
    ASKS.iter().any(|it| text.contains(it))
}

/// Whether a condition asks who is there.
pub(super) fn asks_who(condition: &str) -> bool {
    const WORDS: [&str; 6] =
        ["auth.", "current_setting", "current_user", "session_user", "jwt", "user_id()"];
    WORDS.iter().any(|it| condition.contains(it))
}

/// Whether code takes into account that a row like the one that it writes may be there.
pub(super) fn says_conflict(body: &str) -> bool {
    let body = body.to_lowercase();
    ["on conflict", "insert or ", "not exists", "unique_violation"]
        .iter()
        .any(|it| body.contains(it))
}

/// The value of a default that is a constant, without quotes and casts; `None` for null and for what
/// is computed.
pub(super) fn literal(default: &str) -> Option<String> {
    let mut text = default.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        text = inner.trim();
    }
    literal_of(text).map(str::to_owned).map(|it| it.replace("''", "'"))
}

/// The same, as it stands there.
pub(super) fn literal_of(text: &str) -> Option<&str> {
    if let Some((before, rest)) = text.split_once('\'') {
        // `date '…'`; a call has parentheses.
        let is_type = before.chars().all(|it| it.is_alphanumeric() || it == ' ');
        let (end, _) = rest.match_indices('\'').find(|(at, _)| {
            let n_before = rest[..*at].bytes().rev().take_while(|it| *it == b'\'').count();
            n_before % 2 == 0 && !rest[at + 1..].starts_with('\'')
        })?;
        let behind = rest[end + 1..].trim();
        let is_cast = behind.is_empty()
            || behind.starts_with("::")
                && !behind.contains(['(', '+', '-', '|'])
                && !behind.contains("at time zone");
        return (is_type && is_cast).then_some(&rest[..end]);
    }
    let bare = text.split("::").next().unwrap_or(text).trim();
    let is_number = bare.replace("- ", "-").parse::<f64>().is_ok();
    (is_number || matches!(bare, "true" | "false")).then_some(bare)
}

/// Tables that a body of SQL or PL/pgSQL writes to.
pub(super) fn written_by(body: &str) -> Vec<String> {
    crate::sql::pieces(body).iter().flat_map(|it| written(&it.tokens)).collect()
}

/// Tables of before whose rows refer to rows of `table`, with the key that does.
pub(super) fn children<'a>(
    cx: &'a Cx,
    table: &'a str,
) -> impl Iterator<Item = (&'a Table, &'a Target)> {
    cx.change.before.tables.iter().filter(move |it| it.name != table).flat_map(move |it| {
        let targets = it.constraints.iter().filter_map(|it| it.target.as_ref());
        targets.filter(move |it| it.table == table).map(move |target| (it, target))
    })
}

/// Columns of before that are no more, of tables that are still there or were rebuilt.
pub(super) fn dropped_columns(cx: &Cx) -> Vec<(&Table, &Column)> {
    let mut out = Vec::new();
    for old in &cx.change.before.tables {
        let same = cx.change.after.table_of(old.id);
        let is_gone = |it: &&Column| match (same, rebuilt(cx, old)) {
            (Some(new), _) => new.column_of(it.id).is_none(),
            (None, Some(new)) => new.column(&it.name).is_none() && !is_read_into(cx, old, it),
            (None, None) => false,
        };
        out.extend(old.columns.iter().filter(is_gone).map(|it| (old, it)));
    }
    out
}

/// Whether the copy of a rebuilt table reads the column.
pub(super) fn is_read_into(cx: &Cx, old: &Table, column: &Column) -> bool {
    cx.change.steps.iter().any(|step| {
        matches!(step.action, Action::Insert { .. })
            && step
                .schema
                .table_of(old.id)
                .is_some_and(|it| sources(&step.raw.tokens).contains(&it.name))
            && step.raw.tokens.iter().any(|it| it.text == column.name)
    })
}

/// The new column that looks like a dropped one under another name.
pub(super) fn likely_rename(cx: &Cx, table: &Table, column: &Column) -> Option<String> {
    let new = cx.change.after.table_of(table.id)?;
    if copied_to(cx, table, column).is_some() {
        return None;
    }
    let is_new = |it: &&Column| table.column_of(it.id).is_none() && it.generated.is_none();
    let alike = |it: &&Column| is_alike(&it.kind, &column.kind);
    new.columns.iter().filter(is_new).find(alike).map(|it| it.name.clone())
}

/// The column that all values of another were copied to before it was dropped.
pub(super) fn copied_to(cx: &Cx, table: &Table, column: &Column) -> Option<String> {
    cx.change.steps.iter().find_map(|step| {
        let Action::Update(it) = &step.action else { return None };
        let own = step.schema.table(&it.table).filter(|it| it.id == table.id)?;
        let filter = it.filter.as_deref().map(spelt).unwrap_or_default();
        let is_all = filter.is_empty()
            || is_always_true_of(&filter, own)
            || filter == format!("{} is not null", column.name);
        let copy = it.sets.iter().find(|(_, value)| {
            value.first().is_some_and(|it| it.text == column.name)
                && value.get(1).is_none_or(|it| it.text == "::")
        });
        let (to, _) = copy.filter(|_| is_all)?;
        own.column(to).filter(|it| table.column_of(it.id).is_none()).map(|it| it.name.clone())
    })
}

/// New tables that look like a dropped one under another name, or under its own.
pub(super) fn replacements(cx: &Cx, dropped: &Table) -> Vec<String> {
    let names = |it: &Table| it.columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let old = names(dropped);
    let is_like = |it: &&Table| {
        let n_shared = names(it).iter().filter(|it| old.contains(it)).count();
        it.name == dropped.name || (n_shared >= 2 && n_shared * 3 >= old.len() * 2)
    };
    new_tables(cx).filter(is_like).map(|it| it.name.clone()).collect()
}

/// Whether the table goes with a schema that is dropped, which is told once.
pub(super) fn is_in_dropped_schema(cx: &Cx, table: &str) -> bool {
    let Some((schema, _)) = table.split_once('.') else { return false };
    cx.change.steps.iter().any(|it| {
        matches!(&it.action, Action::Drop(it) if it.kind == "schema" && it.names.iter().any(|it| it == schema))
    })
}

/// Columns that were there and are there: the table of before, then and now.
pub(super) fn kept_columns(cx: &Cx) -> impl Iterator<Item = (&Table, &Column, &Column)> {
    cx.change.before.tables.iter().flat_map(|old| {
        let same = cx.change.after.table_of(old.id);
        let new = same.or_else(|| rebuilt(cx, old));
        old.columns.iter().filter_map(move |was| {
            let now = match same {
                Some(it) => it.column_of(was.id),
                None => new?.column(&was.name),
            };
            Some((old, was, now?))
        })
    })
}

/// Tables that the migration makes, and that stay; not those that take the place of an old one.
pub(super) fn new_tables(cx: &Cx) -> impl Iterator<Item = &Table> {
    let is_new = move |it: &&Table| {
        !cx.change.is_old(it) && it.kind != crate::schema::TableKind::Temporary && !it.assumed
    };
    let is_rebuilt = move |it: &&Table| {
        cx.change.before.tables.iter().filter_map(|old| rebuilt(cx, old)).any(|of| of.id == it.id)
    };
    cx.change.after.tables.iter().filter(is_new).filter(move |it| !is_rebuilt(it))
}

/// Columns that the migration makes, with their tables of now; not those of a rebuilt table.
pub(super) fn new_columns(cx: &Cx) -> impl Iterator<Item = (&Table, &Column)> {
    let kept: Vec<_> = kept_columns(cx).map(|(_, _, now)| now.id).collect();
    let is_new = move |it: &Column| !kept.contains(&it.id);
    let tables = cx.change.after.tables.iter().filter(|it| !it.assumed || !it.columns.is_empty());
    let all = tables.flat_map(|table| table.columns.iter().map(move |it| (table, it)));
    all.filter(move |it| is_new(it.1))
}

/// Foreign keys that the migration makes, with their tables.
pub(super) fn new_keys(cx: &Cx) -> impl Iterator<Item = (&Table, &Constraint)> {
    cx.change.after.tables.iter().flat_map(move |table| {
        let was = |it: &&Table| rebuilt(cx, it).is_some_and(|it| it.id == table.id);
        let before = &cx.change.before;
        let old = before.table_of(table.id).or_else(|| before.tables.iter().find(was));
        let is_new = move |it: &&Constraint| {
            let same = |of: &Constraint| of.kind == it.kind && of.columns == it.columns;
            it.kind == ConstraintKind::Foreign
                && old.is_none_or(|old| !old.constraints.iter().any(same))
        };
        table.constraints.iter().filter(is_new).map(move |it| (table, it))
    })
}

/// Policies that no policy of before was: each with its table of now.
pub(super) fn new_policies(cx: &Cx) -> impl Iterator<Item = (&Table, &Policy)> {
    cx.change.after.tables.iter().flat_map(move |table| {
        let old = cx.change.before.table_of(table.id);
        let is_new = move |it: &&Policy| {
            old.is_none_or(|old| !old.policies.iter().any(|of| is_same_policy(of, it)))
        };
        table.policies.iter().filter(is_new).map(move |it| (table, it))
    })
}

/// Policies of before that no policy of now is: the table of before and of now.
pub(super) fn dropped_policies(cx: &Cx) -> impl Iterator<Item = (&Table, &Table, &Policy)> {
    cx.change.before.tables.iter().flat_map(move |old| {
        let new =
            cx.change.after.table_of(old.id).filter(|it| it.row_security || !old.row_security);
        let is_gone = move |it: &&Policy| {
            new.is_some_and(|new| {
                !new.policies.iter().any(|of| of.id == it.id || is_same_policy(of, it))
            })
        };
        old.policies.iter().filter(is_gone).filter_map(move |it| Some((old, new?, it)))
    })
}

/// Whether two policies do the same, whatever they are called.
pub(super) fn is_same_policy(a: &Policy, b: &Policy) -> bool {
    let told = |it: &Option<String>| it.as_deref().map(canonical);
    a.command == b.command
        && a.is_permissive == b.is_permissive
        && a.roles == b.roles
        && told(&a.using) == told(&b.using)
        && told(&a.check.clone().or(a.using.clone())) == told(&b.check.clone().or(b.using.clone()))
}

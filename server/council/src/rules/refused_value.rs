use super::cx::{Cx, Sink};
use super::known_password::inserted;
use super::support::{as_text, says_default, without_texts};
use crate::change::Step;
use crate::ddl::{Action, AlterPart};
use crate::logic::conjuncts;
use crate::schema::{Column, ConstraintKind, Schema, Table};
use crate::simulate::mentions;
use crate::sql::{Token, TokenKind, spelt};
use crate::trial::constant_holds;
use model::Risk;

declare_rule! {
    /// A value is given that the column refuses: a check says no to it, an enum does not have it, a text is too long, or null is not allowed.
    ///
    /// Of a default, every writer that leaves the column out fails from then on; of a statement, the migration does. Checks over one column are asked with the very value.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, state text not null default 'new', constraint state_known check (state in ('new', 'paid')));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders alter column state set default 'open';
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, state text not null default 'new');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint state_known check (state in ('open', 'paid')) not valid;
    /// ```
    /// ```sql,bad
    /// create type level as enum ('low', 'high');
    /// create table orders (id bigint primary key, level level not null);
    /// -- migration
    /// insert into orders (id, level) values (1, 'middle');
    /// ```
    /// ```sql,bad
    /// create table listings (id bigint primary key, attributes jsonb not null default '{}');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table listings add constraint listings_condition check (attributes ? 'condition') not valid;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, state text not null default 'new', constraint state_known check (state in ('new', 'paid')));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders alter column state set default 'paid';
    /// ```
    pub(super) static RULE = {
        name: "refused-value",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: refused_value,
    }
}

fn refused_value(cx: &Cx, sink: &mut Sink<'_>) {
    refused_defaults(cx, sink);
    // SQLite runs what is written, and says so itself.
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let (name, rows) = match &step.action {
            Action::Insert { table, .. } => (table, inserted(cx, table, &step.raw.tokens)),
            Action::Update(it) => {
                (&it.table, vec![it.sets.iter().map(|it| (it.0.clone(), &it.1[..])).collect()])
            }
            _ => continue,
        };
        let Some(table) = step.schema.table(name).filter(|it| !it.assumed) else { continue };
        let refusal = rows.iter().flatten().find_map(|(column, value)| {
            let column = table.column(column)?;
            let gives_own = !says_default(value) && overrides(step);
            let why = match gives_own && (column.is_always || column.generated.is_some()) {
                true => "the server gives its values itself".to_owned(),
                false => refusal(&step.schema, table, column, value)?,
            };
            Some((column, why))
        });
        if let Some((column, why)) = refusal {
            let object = format!("{}.{}", table.name, column.name);
            sink.report(step, &object, Risk::High, format!("fails: `{object}`: {why}"));
        }
    }
}

/// Whether a statement says nothing of going past what the server gives.
fn overrides(step: &Step) -> bool {
    !step.raw.tokens.iter().any(|it| it.text == "overriding")
}

/// Defaults that are not let in, where default or what refuses it is new.
fn refused_defaults(cx: &Cx, sink: &mut Sink<'_>) {
    for table in cx.change.after.tables.iter().filter(|it| !it.assumed) {
        let old = cx.change.before.table_of(table.id);
        if old == Some(table) {
            continue;
        }
        for column in &table.columns {
            let Some(value) = &column.default else { continue };
            let value = crate::sql::pieces(value).into_iter().flat_map(|it| it.tokens);
            let value: Vec<Token> = value.collect();
            let Some(why) = refusal(&cx.change.after, table, column, &value) else { continue };
            let was = old.and_then(|old| Some((old, old.column_of(column.id)?)));
            let is_known = was.is_some_and(|(old, was)| {
                was.default == column.default
                    && refusal(&cx.change.before, old, was, &value).is_some()
            });
            if !is_known {
                let object = format!("{}.{}", table.name, column.name);
                let claim =
                    format!("writers that leave out `{object}` fail: of its default, {why}");
                sink.whole(&object, Risk::High, claim)
                    .fix("Make the default one of what is allowed", "");
            }
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddColumn { column, .. } = part else { continue };
        let value = column.default.as_deref().unwrap_or_default();
        let text = as_text(value).unwrap_or_default();
        let own = column.constraints.iter().filter(|it| it.kind == ConstraintKind::Check);
        let mut own = own.filter(|_| !text.is_empty());
        if own.any(|it| constant_holds(&it.expr, &column.name, &text) == Some(false)) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("fails where `{}` has a row: the default is refused", table.name);
            sink.report(step, &object, Risk::High, claim);
        }
    }
}

/// Why a column does not take a constant; `None` where it does, or nothing can be told.
fn refusal(schema: &Schema, table: &Table, column: &Column, value: &[Token]) -> Option<String> {
    if let Some((check, key)) = lacks_key(table, column, value) {
        return Some(format!("the check `{check}` asks for `{key}` in it"));
    }
    let text = as_text(value)?;
    if text == "null" {
        return column.not_null.then(|| "null is not allowed".to_owned());
    }
    let [first, ..] = value else { return None };
    if first.kind == TokenKind::Text {
        let of =
            schema.enums.iter().find(|it| it.name == column.kind.base && !column.kind.is_array);
        if of.is_some_and(|it| !it.values.iter().any(|it| it.1 == first.text)) {
            return Some(format!("`{}` has no value `{}`", column.kind, first.text));
        }
        let limit = column.kind.arguments.first().and_then(|it| usize::try_from(*it).ok());
        let is_text =
            matches!(column.kind.base.as_str(), "varchar" | "char") && !column.kind.is_array;
        if is_text && limit.is_some_and(|it| first.text.trim_end().chars().count() > it) {
            return Some(format!("the text is longer than `{}`", column.kind));
        }
    }
    let about = |expr: &str, of: &Column| mentions(expr, &of.name);
    let mut checks = table.constraints.iter().filter(|it| {
        let others = table.columns.iter().filter(|of| of.name != column.name);
        it.kind == ConstraintKind::Check
            && about(&it.expr, column)
            && !others.into_iter().any(|of| about(&without_texts(&it.expr), of))
    });
    let refused = checks.find(|it| constant_holds(&it.expr, &column.name, &text) == Some(false))?;
    Some(format!("the check `{}` says no to {}", refused.name, spelt(value)))
}

/// A check that asks for a key which a document does not have, and the key.
fn lacks_key<'a>(table: &'a Table, column: &Column, value: &[Token]) -> Option<(&'a str, String)> {
    if !matches!(column.kind.base.as_str(), "json" | "jsonb") {
        return None;
    }
    let document = serde_json::from_str(&value.first()?.text).ok()?;
    let serde_json::Value::Object(document) = document else { return None };
    let checks = table.constraints.iter().filter(|it| it.kind == ConstraintKind::Check);
    checks.flat_map(|it| conjuncts(&it.expr).into_iter().map(move |part| (it, part))).find_map(
        |(it, part)| {
            let rest = part.strip_prefix(column.name.as_str())?.trim_start();
            let key = match rest.strip_suffix(" is not null") {
                Some(path) => path.trim_start_matches(['-', '>']),
                None => rest.strip_prefix('?')?,
            };
            let key = key.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            (!document.contains_key(key)).then(|| (it.name.as_str(), key.to_owned()))
        },
    )
}

use super::cx::{Cx, Sink};
use super::support::{client_risk, literal_of, successor, without_texts};
use super::told::comment_before;
use crate::ddl::{Action, AlterPart};
use crate::logic::{conjuncts, disjuncts};
use crate::schema::{Column, Constraint, ConstraintKind, Table};
use crate::simulate::mentions;
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A check keeps a column that was free to a list of values, or takes values from the list or the range that it had, at once for every write.
    ///
    /// `not valid` spares the rows that are there, not the programs that write other values: these fail from now on, and so does any update of a row that has one. Look at the values in use, and change the programs first.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint known_state check (state in ('open', 'closed')) not valid;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, state text constraint known_state check (state in ('open', 'sent', 'closed')));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders drop constraint known_state, add constraint known_state check (state in ('open', 'shipped', 'closed')) not valid;
    /// ```
    /// ```sql,bad
    /// create table comments (id bigint primary key, body text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table comments add constraint comments_body check (char_length(body) <= 280) not valid;
    /// ```
    /// ```sql,bad
    /// create table members (id bigint primary key, nick text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table members add constraint nick_form check (nick ~ '^[a-z]+$') not valid;
    /// ```
    /// ```sql,good
    /// create table readings (id bigint primary key, quality char(1));
    /// comment on column readings.quality is 'M measured, E estimated';
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table readings add constraint known_quality check (quality in ('M', 'E')) not valid;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column kind text;
    /// alter table orders add constraint known_kind check (kind in ('shop', 'web')) not valid;
    /// ```
    pub(super) static RULE = {
        name: "narrowing-check",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: narrowing_check,
    }
}

fn narrowing_check(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddConstraint(it) = part else { continue };
        let is_list = it.expr.contains(" in(") || it.expr.contains(" = any(");
        if it.kind != ConstraintKind::Check || it.is_validated || !is_list {
            continue;
        }
        let asked = without_texts(&it.expr);
        // A document without the key is let by, as each is that is there.
        let is_new_key =
            disjuncts(&it.expr).iter().any(|it| it.starts_with("not ") && it.contains(" ? '"));
        if is_new_key {
            continue;
        }
        let is_old =
            |of: &&Column| cx.change.is_old_column(table.id, of.id) && mentions(&asked, &of.name);
        let was_listed = |of: &Column| {
            let before = cx.change.before.table_of(table.id);
            before.is_some_and(|it| {
                it.constraints
                    .iter()
                    .any(|it| it.kind == ConstraintKind::Check && mentions(&it.expr, &of.name))
            })
        };
        // The values that the column's comment explains are those in use.
        let is_told = |of: &Column| {
            let text = comment_before(cx, of.id).unwrap_or_default();
            let listed = of_check(&it.expr, &of.name);
            matches!(listed, Some(Allowed::Listed(values)) if values.iter().all(|it| mentions(&text, &it.to_lowercase())))
        };
        let column = table.columns.iter().find(is_old);
        if let Some(column) = column.filter(|it| !was_listed(it) && !is_told(it)) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("a write of another value to `{object}` fails from now on");
            sink.report(step, &object, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Change what writes other values first", "");
        }
    }
    for old in cx.change.before.tables.iter().filter(|it| !it.assumed) {
        let Some(new) = successor(cx, old) else { continue };
        bounded(cx, sink, old, new);
        for column in old.columns.iter().filter(|it| new.column(&it.name).is_some()) {
            let (was, now) = (allowed(old, &column.name), allowed(new, &column.name));
            let Some(refused) = was.zip(now).and_then(|(was, now)| refused(&was, &now)) else {
                continue;
            };
            let object = format!("{}.{}", new.name, column.name);
            let claim = format!("`{object}` could be {refused}, and is refused from now on");
            // Who moves the rows has thought of what writes them.
            let is_moved = cx.change.steps.iter().any(|it| {
                matches!(&it.action, Action::Update(it) if it.table == old.name && it.sets.iter().any(|it| it.0 == column.name))
            });
            let risk = if is_moved { Risk::Low } else { client_risk(cx, Risk::Medium) };
            sink.whole(&object, risk, claim)
                .stake(Stake::Service)
                .fix("Let both values be, move the rows and the programs, then narrow", "");
        }
    }
}

/// Columns that were free and have a bound now that rows may be beyond: one that is validated in the
/// same change is a bound that they keep already.
fn bounded(cx: &Cx, sink: &mut Sink<'_>, old: &Table, new: &Table) {
    let is_new = |it: &&Constraint| {
        it.kind == ConstraintKind::Check
            && !it.is_validated
            && !old.constraints.iter().any(|of| of.expr == it.expr)
    };
    for check in new.constraints.iter().filter(is_new) {
        let asked = without_texts(&check.expr);
        let mut columns = old.columns.iter().filter(|it| mentions(&asked, &it.name));
        let (Some(column), None) = (columns.next(), columns.next()) else { continue };
        let was_asked =
            |it: &&Constraint| it.kind == ConstraintKind::Check && mentions(&it.expr, &column.name);
        let limit = length_limit(&check.expr, &column.name);
        let checks = old.constraints.iter().filter(was_asked);
        let is_shorter = limit.is_some()
            && checks.clone().filter_map(|it| length_limit(&it.expr, &column.name)).min() > limit;
        if checks.count() > 0 && !is_shorter || new.column(&column.name).is_none() {
            continue;
        }
        let bound =
            limit.map(|it| format!("a text of more than {it} letters")).or_else(|| match of_check(
                &check.expr,
                &column.name,
            )? {
                Allowed::Between(low, high) if low.is_finite() && high.is_finite() => {
                    let text = comment_before(cx, column.id).unwrap_or_default();
                    let is_told =
                        text.contains(&low.to_string()) && text.contains(&high.to_string());
                    (!is_told).then(|| format!("a number outside of {low} to {high}"))
                }
                _ => None,
            });
        // A form is most often the one that all have.
        let form = || pattern(&check.expr, column).map(|it| (it, Risk::Low));
        if let Some((bound, risk)) = bound.map(|it| (it, Risk::Medium)).or_else(form) {
            let object = format!("{}.{}", new.name, column.name);
            let claim = format!("`{object}` could be {bound}, and cannot from now on");
            sink.whole(&object, client_risk(cx, risk), claim)
                .stake(Stake::Service)
                .fix("Look at what is written, and change the programs first", "");
        }
    }
}

/// What a check keeps from a text that had no form; one with a default has been given a form.
fn pattern(expr: &str, column: &Column) -> Option<String> {
    const SIGNS: [&str; 5] = [" ~ ", " ~* ", " like ", " = lower(", " = upper("];
    let has_form = SIGNS.iter().any(|it| expr.contains(&format!("{}{it}", column.name)));
    (has_form && column.default.is_none()).then(|| "of any form".to_owned())
}

/// The number of letters that a check lets a text have, where people write more than that.
fn length_limit(expr: &str, column: &str) -> Option<u32> {
    const LETTERS_MAX: u32 = 1_000;
    let text = expr.trim().trim_start_matches('(');
    let text = ["char_length(", "character_length(", "length("]
        .iter()
        .find_map(|it| text.strip_prefix(it))?;
    let text = text.strip_prefix(column)?.strip_prefix(')')?.trim_start();
    let limit = match text.strip_prefix("between ") {
        Some(range) => number(range.split_once(" and ")?.1)?,
        None => number(text.strip_prefix("<= ").or_else(|| text.strip_prefix("< "))?)?,
    };
    (limit <= f64::from(LETTERS_MAX)).then_some(limit as u32)
}

/// The values that the checks of a table let a column have, where they say nothing else.
#[derive(Debug, Clone, PartialEq)]
enum Allowed {
    Listed(BTreeSet<String>),
    /// Both ends are in.
    Between(f64, f64),
}

fn allowed(table: &Table, column: &str) -> Option<Allowed> {
    let checks = table.constraints.iter().filter(|it| it.kind == ConstraintKind::Check);
    let own = |it: &&Constraint| {
        let asked = without_texts(&it.expr);
        let others = table.columns.iter().filter(|of| of.name != column);
        mentions(&asked, column) && !others.into_iter().any(|of| mentions(&asked, &of.name))
    };
    let parts: Vec<Allowed> =
        checks.filter(own).filter_map(|it| of_check(&it.expr, column)).collect();
    let mut lists = parts.iter().filter(|it| matches!(it, Allowed::Listed(_)));
    if let Some(list) = lists.next() {
        return Some(list.clone());
    }
    parts.into_iter().reduce(|a, b| match (a, b) {
        (Allowed::Between(a, b), Allowed::Between(c, d)) => Allowed::Between(a.max(c), b.min(d)),
        (a, _) => a,
    })
}

fn of_check(expr: &str, column: &str) -> Option<Allowed> {
    let text = expr.trim();
    let text = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(text).trim();
    let text = text.strip_prefix(column)?;
    if let Some(list) = text.strip_prefix(" in(").or_else(|| text.strip_prefix(" = any(")) {
        let list =
            list.trim_start_matches(['(', '[']).trim_start_matches("array").trim_start_matches('[');
        let values = list.split(',').map(|it| it.trim().trim_end_matches([')', ']']));
        let values: Option<BTreeSet<String>> =
            values.map(|it| literal_of(it).map(str::to_owned)).collect();
        return values.map(Allowed::Listed);
    }
    if let Some(range) = text.strip_prefix(" between ") {
        let (low, high) = range.split_once(" and ")?;
        return Some(Allowed::Between(number(low)?, number(high)?));
    }
    let whole = format!("{column}{text}");
    let mut range = (f64::NEG_INFINITY, f64::INFINITY);
    for part in conjuncts(&whole) {
        let (sign, value) = part.strip_prefix(column)?.trim_start().split_once(' ')?;
        let value = number(value)?;
        match sign {
            ">=" => range.0 = value,
            ">" => range.0 = value.next_up(),
            "<=" => range.1 = value,
            "<" => range.1 = value.next_down(),
            _ => return None,
        }
    }
    Some(Allowed::Between(range.0, range.1))
}

fn number(text: &str) -> Option<f64> {
    text.trim().trim_end_matches(')').replace("- ", "-").parse().ok()
}

/// Whether the checks of a table hold its rows to all that another one asks.
pub(super) fn keeps_already(table: &Table, check: &Constraint) -> bool {
    let is_within =
        |column: &Column| match (allowed(table, &column.name), of_check(&check.expr, &column.name))
        {
            (Some(Allowed::Listed(was)), Some(Allowed::Listed(now))) => was.is_subset(&now),
            (Some(Allowed::Between(low, high)), Some(Allowed::Between(now_low, now_high))) => {
                now_low <= low && high <= now_high
            }
            _ => false,
        };
    table.constraints.iter().all(|it| it.is_validated) && table.columns.iter().any(is_within)
}

/// What the first lets by and the second does not.
fn refused(was: &Allowed, now: &Allowed) -> Option<String> {
    match (was, now) {
        (Allowed::Listed(was), Allowed::Listed(now)) => {
            let gone: Vec<String> = was.difference(now).map(|it| format!("`{it}`")).collect();
            (!gone.is_empty()).then(|| gone.join(", "))
        }
        (Allowed::Between(low, high), Allowed::Between(now_low, now_high)) => {
            if now_low > low && low.is_finite() {
                Some(format!("{low}"))
            } else if now_high < high && high.is_finite() {
                Some(format!("{high}"))
            } else {
                None
            }
        }
        _ => None,
    }
}

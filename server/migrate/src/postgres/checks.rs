//! Questions to the live data, asked before a step runs that some rows could stop.

use super::catalog::{Catalog, Column, Constraint, ConstraintKind, Key, Kind};
use super::draft::id;
use super::outlook::{Outlook, Question, named};
use crate::plan::{DataCheck, ObjectId};

/// How many rows a sample shows.
const N_SAMPLE: u32 = 5;

/// Asks for rows of `source`, which is the table or what will become of it, where `condition` holds.
fn rows(
    catalog: &Catalog,
    table: &Key,
    source: &str,
    condition: &str,
    complaint: String,
    object: ObjectId,
) -> DataCheck {
    let from = format!("FROM {} WHERE {condition}", named(source, &table.name));
    let shown = identifying(catalog, table).join(", ");
    DataCheck {
        count_sql: format!("SELECT count(*) {from};"),
        sample_sql: format!("SELECT {shown} {from} LIMIT {N_SAMPLE};"),
        complaint,
        object,
    }
}

/// The columns that tell a row from others: the primary key, else where it lies.
pub(super) fn identifying(catalog: &Catalog, table: &Key) -> Vec<String> {
    let key = catalog.parts(table, Kind::Constraint).find_map(|(_, object)| match &object.body {
        super::catalog::Body::Constraint(it) if it.kind == ConstraintKind::Primary => {
            Some(it.columns.clone())
        }
        _ => None,
    });
    key.unwrap_or_else(|| vec!["ctid".to_owned()])
}

pub(super) fn nulls(from: &Catalog, column: &Key) -> DataCheck {
    let object = column.object(None);
    let complaint = format!("rows are NULL in `{}`", shown(&object));
    let table = column.table();
    rows(from, &table, &table.qualified(), &format!("{} IS NULL", column.part), complaint, object)
}

/// A column that rows must have and nothing gives them.
pub(super) fn no_rows(from: &Catalog, column: &Key) -> DataCheck {
    let object = column.object(None);
    let complaint =
        format!("rows would have no value for `{}`, which has no default", shown(&object));
    let table = column.table();
    rows(from, &table, &table.qualified(), "true", complaint, object)
}

fn shown(object: &ObjectId) -> String {
    match &object.part {
        crate::plan::Part::Column(column) => format!("{}.{column}", object.table),
        _ => object.table.clone(),
    }
}

/// What the rows must satisfy for a constraint to hold over them after the plan; nothing where only the
/// plan brings what could be asked.
pub(super) fn constraint(outlook: Outlook<'_>, key: &Key, it: &Constraint) -> Option<DataCheck> {
    let (table, object) = (key.table(), id(outlook.to, key));
    let needs = &outlook.to.get(key)?.needs;
    let columns = columns_of(&table, &it.columns);
    match it.kind {
        ConstraintKind::Check if outlook.is_redefined(needs) => None,
        ConstraintKind::Check => {
            let condition =
                it.definition.trim_start_matches("CHECK ").trim_end_matches(" NO INHERIT");
            let complaint = format!("rows violate `{}`", it.definition);
            let source = outlook.rows(&table, &columns, Question::Meaning)?;
            Some(rows(
                outlook.from,
                &table,
                &source,
                &format!("NOT {condition}"),
                complaint,
                object,
            ))
        }
        ConstraintKind::Foreign => orphans(outlook, &table, it, object),
        ConstraintKind::Primary | ConstraintKind::Unique => {
            let source = outlook.rows(&table, &columns, Question::Alike)?;
            let nulls_differ = !it.definition.contains("NULLS NOT DISTINCT");
            Some(duplicates(&table, &source, &it.columns, nulls_differ, "", object))
        }
        ConstraintKind::Exclusion => None,
    }
}

/// Rows that a unique index would refuse; its `tail` is what follows `ON`.
pub(super) fn unique_index(
    outlook: Outlook<'_>,
    table: &Key,
    key: &Key,
    tail: &str,
) -> Option<DataCheck> {
    let needs = &outlook.to.get(key)?.needs;
    let (keys, rest) = index_keys(tail)?;
    let is_plain = columns_of(table, &keys).iter().all(|it| outlook.to.column(it).is_some())
        && !rest.contains(" WHERE ");
    let question = if is_plain { Question::Alike } else { Question::Meaning };
    if question == Question::Meaning && outlook.is_redefined(needs) {
        return None;
    }
    let source = outlook.rows(table, outlook.own_columns(table, needs), question)?;
    let filter = rest.split_once(" WHERE ").map_or("", |it| it.1);
    let nulls_differ = !rest.contains("NULLS NOT DISTINCT");
    Some(duplicates(table, &source, &keys, nulls_differ, filter, id(outlook.to, key)))
}

fn columns_of(table: &Key, names: &[String]) -> Vec<Key> {
    names.iter().map(|it| Key::new(Kind::Column, &table.schema, &table.name, it)).collect()
}

/// The columns and expressions of an index with their collations, and what follows their list.
fn index_keys(tail: &str) -> Option<(Vec<String>, &str)> {
    let list = tail.split_once(" USING btree (")?.1;
    let mut out = Vec::new();
    let (mut depth, mut quote, mut start) = (0_u32, None, 0);
    for (at, it) in list.char_indices() {
        match (quote, it) {
            (Some(open), _) if open == it => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(it),
            (None, '(') => depth += 1,
            (None, ')') if depth > 0 => depth -= 1,
            (None, ',') if depth == 0 => {
                out.push(without_order(list[start..at].trim()));
                start = at + 1;
            }
            (None, ')') => {
                out.push(without_order(list[start..at].trim()));
                return Some((out, &list[at + 1..]));
            }
            _ => {}
        }
    }
    None
}

/// A key of an index without its operator class and order, which do not make values alike.
fn without_order(key: &str) -> String {
    let (mut depth, mut quote) = (0_i32, None);
    let is_end = |(_, it): &(usize, char)| {
        match (quote, *it) {
            (Some(open), it) if open == it => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(*it),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ' ') => return depth == 0,
            _ => {}
        }
        false
    };
    let end = key.char_indices().find(is_end).map_or(key.len(), |it| it.0);
    let (value, rest) = key.split_at(end);
    match rest.strip_prefix(" COLLATE ").and_then(|it| it.split(' ').next()) {
        Some(collation) => format!("{value} COLLATE {collation}"),
        None => value.to_owned(),
    }
}

fn orphans(
    outlook: Outlook<'_>,
    table: &Key,
    it: &Constraint,
    object: ObjectId,
) -> Option<DataCheck> {
    let (target, columns) = it.target.as_ref()?;
    let set: Vec<String> =
        it.columns.iter().map(|column| format!("x.{column} IS NOT NULL")).collect();
    let pairs = it.columns.iter().zip(columns);
    let pairs: Vec<String> = pairs.map(|(own, theirs)| format!("y.{theirs} = x.{own}")).collect();
    let (set, pairs) = (set.join(" AND "), pairs.join(" AND "));
    let points_nowhere = match outlook.from.get(target) {
        Some(_) => {
            let theirs = columns_of(target, columns);
            let theirs = outlook.rows(target, &theirs, Question::Meaning)?;
            format!("{set} AND NOT EXISTS (SELECT FROM {theirs} y WHERE {pairs})")
        }
        // One that is made of tables that are there has their rows.
        None if outlook.to.table(target).is_some_and(|it| it.partition_key.is_some()) => {
            return None;
        }
        // Into a table that is made first, no row can point yet.
        None => set,
    };
    let source = outlook.rows(table, &columns_of(table, &it.columns), Question::Meaning)?;
    let from = format!("FROM {source} x WHERE {points_nowhere}");
    let list: Vec<String> = it.columns.iter().map(|column| format!("x.{column}")).collect();
    Some(DataCheck {
        count_sql: format!("SELECT count(*) {from};"),
        sample_sql: format!("SELECT {} {from} LIMIT {N_SAMPLE};", list.join(", ")),
        complaint: format!("rows point to no row of `{}`", target.object(None).table),
        object,
    })
}

/// Rows of `source` that share a key; `filter` is a `WHERE` clause or empty.
fn duplicates(
    table: &Key,
    source: &str,
    columns: &[String],
    nulls_differ: bool,
    filter: &str,
    object: ObjectId,
) -> DataCheck {
    let list = columns.join(", ");
    let mut conditions: Vec<String> = Vec::new();
    if nulls_differ {
        conditions.extend(columns.iter().map(|it| format!("({it}) IS NOT NULL")));
    }
    if !filter.is_empty() {
        conditions.push(format!("({filter})"));
    }
    let filter = if conditions.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", conditions.join(" AND "))
    };
    let groups = format!(
        "SELECT {list}, count(*) AS n FROM {}{filter} GROUP BY {list} HAVING count(*) > 1",
        named(source, &table.name)
    );
    DataCheck {
        count_sql: format!("SELECT coalesce(sum(n), 0)::bigint FROM ({groups}) d;"),
        sample_sql: format!("{groups} LIMIT {N_SAMPLE};"),
        complaint: format!("rows of `{}` share a value of {list}", table.object(None).table),
        object,
    }
}

/// Values that the new type of a column cannot hold, where SQL can tell without failing.
pub(super) fn cast(
    from: &Catalog,
    to: &Catalog,
    column: &Key,
    old: &Column,
    new: &Column,
) -> Option<DataCheck> {
    let object = column.object(None);
    let complaint = format!("values of `{}` do not fit `{}`", shown(&object), new.kind);
    let condition = misfit(from, to, old, new, &column.part)?;
    let table = column.table();
    Some(rows(from, &table, &table.qualified(), &condition, complaint, object))
}

/// Holds for values of the column `name` that the new type cannot hold.
pub(super) fn misfit(
    from: &Catalog,
    to: &Catalog,
    old: &Column,
    new: &Column,
    name: &str,
) -> Option<String> {
    let (was, is) = (base(&old.kind), base(&new.kind));
    let text = format!("{name}::text");
    let labels = enum_labels(to, &new.kind).filter(|_| old.kind != new.kind);
    Some(if old.kind.ends_with("[]") && !new.kind.ends_with("[]") {
        format!("cardinality({name}) > 1")
    } else if let Some(labels) = labels {
        format!("{text} NOT IN ({})", labels.join(", "))
    } else if matches!(is, "character varying" | "character") && limit(&new.kind).is_some() {
        let (n, is_cut) = limit(&new.kind)?;
        if is_cut || limit(&old.kind).is_some_and(|it| it.0 <= n) && was == is {
            return None;
        }
        format!("char_length({text}) > {n}")
    } else if from.version >= 160_000 && (old.category == 'S' || new.category == 'E') {
        format!("NOT pg_input_is_valid({text}, {})", super::render::literal(&new.kind))
    } else if let Some((low, high)) = range(is).filter(|_| old.category == 'N') {
        if range(was).is_some_and(|it| it.1 <= high) {
            return None;
        }
        format!("{name} NOT BETWEEN {low} AND {high}")
    } else {
        // Only what is read from its text may look wrong; a cast of its own takes every value.
        let using = super::cast::using(from, to, old, new, &new.kind, name);
        let is_read = old.category == 'S' || using.is_some_and(|it| it.contains("::text::"));
        let pattern = pattern(is).filter(|_| is_read && was != is)?;
        format!("{text} !~* '{pattern}'")
    })
}

/// The words of an enum type, by how columns name it.
fn enum_labels(catalog: &Catalog, kind: &str) -> Option<Vec<String>> {
    let is_it = |key: &Key| key.kind == Kind::Type && key.qualified() == kind;
    match &catalog.objects.iter().find(|it| is_it(it.0))?.1.body {
        super::catalog::Body::Enum(labels) if !labels.is_empty() => Some(labels.clone()),
        _ => None,
    }
}

/// A type without its length.
pub(super) fn base(kind: &str) -> &str {
    kind.split_once('(').map_or(kind, |it| it.0).trim_end_matches("[]")
}

/// The length of a type, and whether the cast cuts instead of failing.
fn limit(kind: &str) -> Option<(u32, bool)> {
    let inner = kind.split_once('(')?.1.split_once(')')?.0;
    Some((inner.parse().ok()?, false))
}

fn range(kind: &str) -> Option<(i128, i128)> {
    match kind {
        "smallint" => Some((-32768, 32767)),
        "integer" => Some((-2_147_483_648, 2_147_483_647)),
        "bigint" => Some((-9_223_372_036_854_775_808, 9_223_372_036_854_775_807)),
        _ => None,
    }
}

/// What text looks like that the type reads.
fn pattern(kind: &str) -> Option<&'static str> {
    match kind {
        "smallint" | "integer" | "bigint" => Some(r"^\s*[-+]?\d+\s*$"),
        "numeric" | "real" | "double precision" => {
            Some(r"^\s*([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$")
        }
        "uuid" => Some(r"^\s*\{?([0-9a-f]{4}-?){8}\}?\s*$"),
        "boolean" => {
            Some(r"^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|0|1)\s*$")
        }
        "date" => Some(r"^\s*\d{4}-\d{1,2}-\d{1,2}\s*$"),
        _ => None,
    }
}

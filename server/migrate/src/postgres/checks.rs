//! Questions to the live data, asked before a step runs that some rows could stop.

use super::catalog::{Catalog, Column, Constraint, ConstraintKind, Key, Kind};
use super::draft::id;
use crate::plan::{DataCheck, ObjectId};

/// How many rows a sample shows.
const N_SAMPLE: u32 = 5;

/// Asks for rows of `table` where `condition` holds.
fn rows(
    catalog: &Catalog,
    table: &Key,
    condition: &str,
    complaint: String,
    object: ObjectId,
) -> DataCheck {
    let from = format!("FROM {} WHERE {condition}", table.qualified());
    let shown = identifying(catalog, table);
    DataCheck {
        count_sql: format!("SELECT count(*) {from};"),
        sample_sql: format!("SELECT {shown} {from} LIMIT {N_SAMPLE};"),
        complaint,
        object,
    }
}

/// The columns that tell a row from others: the primary key, else where it lies.
fn identifying(catalog: &Catalog, table: &Key) -> String {
    let key = catalog.parts(table, Kind::Constraint).find_map(|(_, object)| match &object.body {
        super::catalog::Body::Constraint(it) if it.kind == ConstraintKind::Primary => {
            Some(it.columns.join(", "))
        }
        _ => None,
    });
    key.unwrap_or_else(|| "ctid".to_owned())
}

pub(super) fn nulls(from: &Catalog, column: &Key) -> DataCheck {
    let object = column.object(None);
    let complaint = format!("rows are NULL in `{}`", shown(&object));
    rows(from, &column.table(), &format!("{} IS NULL", column.part), complaint, object)
}

/// A column that rows must have and nothing gives them.
pub(super) fn no_rows(from: &Catalog, column: &Key) -> DataCheck {
    let object = column.object(None);
    let complaint =
        format!("rows would have no value for `{}`, which has no default", shown(&object));
    rows(from, &column.table(), "true", complaint, object)
}

fn shown(object: &ObjectId) -> String {
    match &object.part {
        crate::plan::Part::Column(column) => format!("{}.{column}", object.table),
        _ => object.table.clone(),
    }
}

/// What the rows must satisfy for a constraint to be added to a table that has some.
pub(super) fn constraint(
    from: &Catalog,
    to: &Catalog,
    key: &Key,
    it: &Constraint,
) -> Vec<DataCheck> {
    let table = key.table();
    let has = |column: &String| {
        from.column(&Key::new(Kind::Column, &key.schema, &key.name, column)).is_some()
    };
    let object = id(to, key);
    if !it.columns.iter().all(has) {
        // The rows have no values there yet, but may all get the same.
        let is_key = matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Unique);
        return is_key
            .then(|| same_defaults(from, to, key, it, object))
            .flatten()
            .into_iter()
            .collect();
    }
    match it.kind {
        ConstraintKind::Check => {
            let condition =
                it.definition.trim_start_matches("CHECK ").trim_end_matches(" NO INHERIT");
            let complaint = format!("rows violate `{}`", it.definition);
            vec![rows(from, &table, &format!("NOT {condition}"), complaint, object)]
        }
        ConstraintKind::Foreign => orphans(from, to, &table, it, object).into_iter().collect(),
        ConstraintKind::Primary | ConstraintKind::Unique => {
            vec![duplicates(
                &table,
                &it.columns,
                !it.definition.contains("NULLS NOT DISTINCT"),
                "",
                object,
            )]
        }
        ConstraintKind::Exclusion => Vec::new(),
    }
}

/// Rows that a key over new columns cannot tell apart, for the defaults give each the same.
fn same_defaults(
    from: &Catalog,
    to: &Catalog,
    key: &Key,
    it: &Constraint,
    object: ObjectId,
) -> Option<DataCheck> {
    let column = |name: &String| Key::new(Kind::Column, &key.schema, &key.name, name);
    let (known, new): (Vec<&String>, Vec<&String>) =
        it.columns.iter().partition(|it| from.column(&column(it)).is_some());
    let is_same = |name: &&String| {
        let column = column(name);
        let is_plain =
            to.column(&column).is_some_and(|it| it.identity.is_none() && it.generated.is_none());
        is_plain && to.default_of(&column).is_some_and(|it| !to.is_volatile(it))
    };
    if !new.iter().all(is_same) {
        return None;
    }
    let known: Vec<String> = known.into_iter().cloned().collect();
    let table = key.table();
    if !known.is_empty() {
        return Some(duplicates(&table, &known, true, "", object));
    }
    let named = table.object(None).table;
    let complaint = format!("rows of `{named}` would all have the same {}", it.columns.join(", "));
    Some(rows(
        from,
        &table,
        &format!("(SELECT count(*) FROM {}) > 1", table.qualified()),
        complaint,
        object,
    ))
}

fn orphans(
    from: &Catalog,
    to: &Catalog,
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
    let points_nowhere = match from.get(target) {
        Some(_) => {
            format!("{set} AND NOT EXISTS (SELECT FROM {} y WHERE {pairs})", target.qualified())
        }
        // One that is made of tables that are there has their rows.
        None if to.table(target).is_some_and(|it| it.partition_key.is_some()) => return None,
        // Into a table that is made first, no row can point yet.
        None => set,
    };
    let from = format!("FROM {} x WHERE {points_nowhere}", table.qualified());
    let list: Vec<String> = it.columns.iter().map(|column| format!("x.{column}")).collect();
    Some(DataCheck {
        count_sql: format!("SELECT count(*) {from};"),
        sample_sql: format!("SELECT {} {from} LIMIT {N_SAMPLE};", list.join(", ")),
        complaint: format!("rows point to no row of `{}`", target.object(None).table),
        object,
    })
}

/// Rows that share a key; `filter` is a `WHERE` clause or empty.
pub(super) fn duplicates(
    table: &Key,
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
        table.qualified()
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
    let name = &column.part;
    let object = column.object(None);
    let complaint = format!("values of `{}` do not fit `{}`", shown(&object), new.kind);
    let (was, is) = (base(&old.kind), base(&new.kind));
    let text = format!("{name}::text");
    let labels = enum_labels(to, &new.kind).filter(|_| old.kind != new.kind);
    let condition = if old.kind.ends_with("[]") && !new.kind.ends_with("[]") {
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
        // What is no number is read from its text.
        let pattern = pattern(is).filter(|_| old.category != 'N' && was != is)?;
        format!("{text} !~* '{pattern}'")
    };
    Some(rows(from, &column.table(), &condition, complaint, object))
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

//! Statements that hold the engine to what a rebuild needs, wherever the plan is run.
//!
//! Foreign keys must be off before the transaction starts: inside one the setting has no effect, and
//! `DROP TABLE` then deletes the rows of child tables. Some hosts cannot switch them off at all. The
//! guard makes the engine fail there instead, and also when the plan leaves rows without their target.

use crate::sqlite::catalog::{Catalog, ForeignKey, Table};
use crate::sqlite::planner::{Changed, Cx, lower};
use crate::sqlite::text::{identifier, literal};
use std::collections::BTreeSet;

const TABLE: &str = "_specwright_guard";

/// Tables whose foreign keys are proved, by their name before and after.
pub(super) fn watched(cx: &Cx<'_>) -> Vec<(String, String)> {
    let altered = cx.changed.iter().filter(|it| it.is_altered());
    let changed: BTreeSet<String> = altered.clone().map(|it| lower(&it.to.name)).collect();
    let has_new_keys = |it: &Changed<'_>| it.from.foreign_keys != it.to.foreign_keys;
    let new_keys: BTreeSet<&str> =
        altered.filter(|it| has_new_keys(it)).map(|it| it.to.name.as_str()).collect();
    let old = |name: &str| cx.from.tables.iter().find(|it| it.name == cx.moves.old_table(name));
    let mut out = Vec::new();
    for after in &cx.to.tables {
        let Some(before) = old(&after.name) else { continue };
        let is_near = |it: &ForeignKey| changed.contains(&it.table);
        let concerned = new_keys.contains(after.name.as_str())
            || (!after.foreign_keys.is_empty() && changed.contains(&lower(&after.name)))
            || after.foreign_keys.iter().any(is_near);
        if concerned && is_provable(before, cx.from) && is_provable(after, cx.to) {
            out.push((before.name.clone(), after.name.clone()));
        }
    }
    out
}

/// Notes how many rows lack their target; `names` are those of the watched tables at that time.
pub(super) fn open<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let guard = identifier(TABLE);
    format!(
        "DROP TABLE IF EXISTS temp.{guard};\n\
         CREATE TEMP TABLE {guard} (\n\
         \x20 foreign_keys INTEGER CONSTRAINT foreign_keys_are_off CHECK (foreign_keys = 0),\n\
         \x20 orphans_before INTEGER,\n\
         \x20 orphans_after INTEGER CONSTRAINT no_new_orphans CHECK (orphans_after <= orphans_before)\n\
         );\n\
         INSERT INTO temp.{guard} (foreign_keys, orphans_before) \
         SELECT foreign_keys, {} FROM pragma_foreign_keys;",
        orphans(names)
    )
}

/// Compares with what [`open`] noted.
pub(super) fn close<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let guard = identifier(TABLE);
    format!("UPDATE temp.{guard} SET orphans_after = {};\nDROP TABLE temp.{guard};", orphans(names))
}

fn orphans<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let counts =
        names.map(|it| format!("(SELECT count(*) FROM pragma_foreign_key_check({}))", literal(it)));
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { "0".to_owned() } else { counts.join(" + ") }
}

/// Whether the engine can check the keys of a table: each has a target with a unique key.
fn is_provable(table: &Table, catalog: &Catalog) -> bool {
    table.foreign_keys.iter().all(|it| has_target(it, catalog))
}

pub(in crate::sqlite) fn has_target(key: &ForeignKey, catalog: &Catalog) -> bool {
    let Some(parent) = catalog.table(&key.table) else { return false };
    let primary = parent.primary_key.iter().map(|it| &it.columns);
    let Some(target) = &key.target else {
        return primary.into_iter().any(|it| it.len() == key.columns.len());
    };
    let wanted: BTreeSet<String> = target.iter().map(|it| lower(it)).collect();
    let uniques = parent.uniques.iter().map(|it| &it.columns);
    let is_key = primary
        .chain(uniques)
        .any(|it| it.iter().map(|it| lower(&it.name)).collect::<BTreeSet<_>>() == wanted);
    let by_index = parent.indexes.iter().any(|it| {
        it.unique
            && it.filter.is_none()
            && it.keys.iter().map(|it| it.expr.key.clone()).collect::<BTreeSet<_>>() == wanted
    });
    target.len() == key.columns.len() && (is_key || by_index)
}

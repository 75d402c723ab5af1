//! Renames: those that the author declared, and those that cost nothing.

use super::catalog::{Body, Catalog, Key, Kind, Object, quoted, quoted_always, unquoted};
use super::draft::{Draft, id};
use crate::plan::{Change, LockMode, Reason, Refusal, Renames};
use std::collections::BTreeMap;

/// Takes constraints, indexes and sequences of one table that differ in name only for renamed ones.
pub(super) fn same_definitions(from: &Catalog, to: &Catalog) -> Vec<Draft> {
    let mut pairs: BTreeMap<Key, Key> = BTreeMap::new();
    for (key, object) in from.objects.iter().filter(|it| !to.objects.contains_key(it.0)) {
        let mut same = to.objects.iter().filter(|(new, it)| {
            can_rename(key, new)
                && it.table == object.table
                && object.table.as_ref().is_some_and(|it| to.objects.contains_key(it))
                && is_same_but_name(object, it)
                && !from.objects.contains_key(*new)
                && !from.objects.keys().any(|it| it.schema == new.schema && takes_name(it, new))
                && !pairs.values().any(|it| it == *new)
        });
        if let Some((new, _)) = same.next() {
            pairs.insert(key.clone(), new.clone());
        }
    }
    pairs.iter().map(|(old, new)| draft(from, old, new)).collect()
}

fn can_rename(old: &Key, new: &Key) -> bool {
    old.kind == new.kind
        && old.schema == new.schema
        && match old.kind {
            Kind::Constraint => old.name == new.name,
            Kind::Index | Kind::Sequence => true,
            _ => false,
        }
}

/// Whether `old` holds the name that `new` wants.
fn takes_name(old: &Key, new: &Key) -> bool {
    let wanted = if new.kind == Kind::Constraint { &new.part } else { &new.name };
    match old.kind {
        Kind::Constraint => &old.part == wanted,
        Kind::Table | Kind::View | Kind::Index | Kind::Sequence => &old.name == wanted,
        _ => false,
    }
}

fn is_same_but_name(old: &Object, new: &Object) -> bool {
    match (&old.body, &new.body) {
        (Body::Constraint(was), Body::Constraint(is)) => was == is,
        (Body::Index(was), Body::Index(is)) => was == is,
        (Body::Sequence(was), Body::Sequence(is)) => was.owner == is.owner && was.owner.is_some(),
        _ => false,
    }
}

fn draft(from: &Catalog, old: &Key, new: &Key) -> Draft {
    let (forth, back) = match old.kind {
        Kind::Constraint => {
            let alter = format!("ALTER TABLE {} RENAME CONSTRAINT", old.qualified());
            (
                format!("{alter} {} TO {}", old.part, new.part),
                format!("{alter} {} TO {}", new.part, old.part),
            )
        }
        kind => {
            let word = if kind == Kind::Index { "INDEX" } else { "SEQUENCE" };
            (
                format!("ALTER {word} {} RENAME TO {}", old.qualified(), new.name),
                format!("ALTER {word} {} RENAME TO {}", new.qualified(), old.name),
            )
        }
    };
    let name = if old.kind == Kind::Constraint { &new.part } else { &new.name };
    let change = Change::Rename { object: id(from, old), to: unquoted(name) };
    let mode = if old.kind == Kind::Index {
        LockMode::ShareUpdateExclusive
    } else {
        LockMode::AccessExclusive
    };
    let table = from.get(old).and_then(|it| it.table.clone());
    let draft = Draft::one(change, forth).back(&[back]);
    match table.filter(|_| old.kind != Kind::Sequence) {
        Some(table) => draft.lock(&table, mode),
        None => draft,
    }
}

/// The steps of declared renames, in the order in which they must run: tables, then columns.
///
/// # Errors
/// What is to be renamed and is not there, or whose new name is taken.
pub(super) fn declared(
    from: &Catalog,
    to: &Catalog,
    renames: &Renames,
) -> Result<Vec<Draft>, Refusal> {
    let mut reasons = Vec::new();
    let mut drafts = Vec::new();
    let mut new_names = BTreeMap::new();
    for (old, new) in &renames.tables {
        let Some(key) = find_table(from, old) else {
            reasons.push(missing(format!("rename the table `{old}`: there is none of that name")));
            continue;
        };
        let wanted = own_name(to, new);
        let new_key = Key { name: wanted.clone(), ..key.clone() };
        if from.objects.contains_key(&new_key) {
            reasons
                .push(missing(format!("rename the table `{old}` to `{new}`: that name is taken")));
            continue;
        }
        new_names.insert(new_key.clone(), key.clone());
        let change = Change::Rename { object: key.object(None), to: new.clone() };
        let sql = format!("ALTER TABLE {} RENAME TO {wanted}", key.qualified());
        let back = format!("ALTER TABLE {} RENAME TO {}", new_key.qualified(), key.name);
        drafts.push(Draft::one(change, sql).back(&[back]).lock(&key, LockMode::AccessExclusive));
    }
    for (table, old, new) in &renames.columns {
        let after = new_names.keys().find(|it| is_named(it, table)).cloned();
        let Some(after) = after.or_else(|| find_table(from, table)) else {
            reasons.push(missing(format!(
                "rename the column `{table}.{old}`: there is no such table"
            )));
            continue;
        };
        let before = new_names.get(&after).unwrap_or(&after);
        let column = from.columns(before).into_iter().find(|it| unquoted(&it.0.part) == *old);
        let Some((column, ..)) = column else {
            reasons.push(missing(format!(
                "rename the column `{table}.{old}`: there is no such column"
            )));
            continue;
        };
        let wanted = own_name(to, new);
        let alter = format!("ALTER TABLE {} RENAME COLUMN", after.qualified());
        let change = Change::Rename { object: column.object(None), to: new.clone() };
        let sql = format!("{alter} {} TO {wanted}", column.part);
        let back = format!("{alter} {wanted} TO {}", column.part);
        drafts.push(Draft::one(change, sql).back(&[back]).lock(&after, LockMode::AccessExclusive));
    }
    if reasons.is_empty() { Ok(drafts) } else { Err(Refusal { reasons }) }
}

fn missing(why: String) -> Reason {
    Reason { object: None, why }
}

fn find_table(catalog: &Catalog, name: &str) -> Option<Key> {
    catalog.objects.keys().find(|it| it.kind == Kind::Table && is_named(it, name)).cloned()
}

/// Whether `name` means the table: bare for one in `public`, else with its schema.
fn is_named(key: &Key, name: &str) -> bool {
    key.object(None).table == name || key.qualified() == name
}

/// How SQL spells a new name: as it stands elsewhere in the catalog, else with quotes where in doubt.
fn own_name(catalog: &Catalog, name: &str) -> String {
    let known = catalog.objects.keys().flat_map(|it| [&it.name, &it.part]);
    let known = known.into_iter().find(|it| unquoted(it) == name);
    let is_plain = quoted(name) == name && name.contains('_');
    known.cloned().unwrap_or_else(|| if is_plain { name.to_owned() } else { quoted_always(name) })
}

//! Questions to the live data that a change depends on, in the names that it has today.

use crate::plan::{DataCheck, ObjectId, Part};
use crate::sqlite::alter::{Constant, constant};
use crate::sqlite::catalog::{Check, Column, ForeignKey, Index, KeyColumn, Table};
use crate::sqlite::planner::{Cx, lower};
use crate::sqlite::text::{self, identifier, identifiers};

/// How many rows a sample shows.
const SAMPLE_ROWS: usize = 5;

/// A table as it is today, under the names that the plan gives it.
struct Source<'a> {
    cx: &'a Cx<'a>,
    from: &'a Table,
    to: &'a Table,
}

/// Everything that the rows of a changed table must satisfy.
pub(super) fn of_change(cx: &Cx<'_>, from: &Table, to: &Table) -> Vec<DataCheck> {
    let source = Source { cx, from, to };
    let mut out = Vec::new();
    for column in &to.columns {
        out.extend(match from.column(&column.name) {
            Some(old) => source.kept_column(old, column),
            None => source.new_column(column),
        });
    }
    let keys = |it: &Table| it.primary_key.iter().map(|it| it.columns.clone()).collect::<Vec<_>>();
    let known = from.uniques.iter().map(|it| it.columns.clone()).chain(keys(from));
    let known: Vec<Vec<KeyColumn>> = known.collect();
    for columns in to.uniques.iter().map(|it| it.columns.clone()).chain(keys(to)) {
        if !known.contains(&columns) {
            out.extend(source.unique(&columns));
        }
    }
    for check in to.checks.iter().filter(|it| !from.checks.contains(it)) {
        out.extend(source.check(check));
    }
    for key in to.foreign_keys.iter().filter(|it| !from.foreign_keys.contains(it)) {
        out.extend(source.foreign_key(key));
    }
    out
}

/// Rows that a new unique index would refuse.
pub(super) fn unique_index(
    cx: &Cx<'_>,
    from: &Table,
    to: &Table,
    index: &Index,
) -> Option<DataCheck> {
    let source = Source { cx, from, to };
    let names = index.keys.iter().map(|it| text::mentions(&it.expr.sql));
    let filter_names = index.filter.iter().map(|it| text::mentions(&it.sql));
    let speaks_of_new = names.chain(filter_names).flatten().any(|name| {
        to.columns.iter().any(|it| lower(&it.name) == name && from.column(&it.name).is_none())
    });
    if !index.unique || speaks_of_new {
        return None;
    }
    let keys = index.keys.iter().map(|it| {
        let collation = it.collation.as_ref().map(|it| format!(" COLLATE {}", identifier(it)));
        format!("({}){}", it.expr.sql, collation.unwrap_or_default())
    });
    let filter = index.filter.as_ref().map(|it| format!("({})", it.sql));
    let object = ObjectId { table: to.name.clone(), part: Part::Index(index.name.clone()) };
    Some(source.duplicates(&keys.collect::<Vec<_>>(), filter, object))
}

impl Source<'_> {
    fn old_table(&self) -> &str {
        self.cx.moves.old_table(&self.to.name)
    }

    /// What stands after `FROM`: the table, or a view of it with the new names.
    fn rows(&self) -> String {
        let moves = &self.cx.moves;
        let (old, new) = (self.old_table(), &self.to.name);
        let is_moved = |it: &Column| moves.old_column(new, &it.name) != it.name;
        if old == new && !self.from.columns.iter().any(is_moved) {
            return identifier(old);
        }
        let columns = self.from.columns.iter().map(|it| {
            let before = identifier(moves.old_column(new, &it.name));
            format!("{before} AS {}", identifier(&it.name))
        });
        let mut columns: Vec<String> = columns.collect();
        if self.key() == ["rowid"] {
            columns.push("rowid".to_owned());
        }
        format!("(SELECT {} FROM {}) AS {}", columns.join(", "), identifier(old), identifier(new))
    }

    /// What tells rows apart.
    fn key(&self) -> Vec<&str> {
        match &self.from.primary_key {
            Some(key) => key.columns.iter().map(|it| it.name.as_str()).collect(),
            None => vec!["rowid"],
        }
    }

    fn data_check(&self, filter: &str, complaint: String, part: Part) -> DataCheck {
        let (rows, key) = (self.rows(), identifiers(self.key()));
        let filter = if filter.is_empty() { String::new() } else { format!(" WHERE {filter}") };
        DataCheck {
            count_sql: format!("SELECT count(*) FROM {rows}{filter}"),
            sample_sql: format!("SELECT {key} FROM {rows}{filter} LIMIT {SAMPLE_ROWS}"),
            complaint,
            object: ObjectId { table: self.to.name.clone(), part },
        }
    }

    fn kept_column(&self, old: &Column, new: &Column) -> Option<DataCheck> {
        let (table, name) = (&self.to.name, identifier(&new.name));
        let part = Part::Column(new.name.clone());
        if old.not_null.is_none() && new.not_null.is_some() && new.is_plain() {
            let complaint = format!("rows are NULL in `{table}.{}`", new.name);
            return Some(self.data_check(&format!("{name} IS NULL"), complaint, part));
        }
        let is_newly_typed =
            self.to.strict && (!self.from.strict || old.declared_type != new.declared_type);
        let kinds = strict_kinds(&new.declared_type).filter(|_| is_newly_typed)?;
        let filter = format!("typeof({name}) NOT IN ({kinds}, 'null')");
        let complaint = format!("rows hold no {} in `{table}.{}`", new.declared_type, new.name);
        Some(self.data_check(&filter, complaint, part))
    }

    /// A column that needs a value, and has none to give to the rows there are.
    fn new_column(&self, column: &Column) -> Option<DataCheck> {
        let constant = column.default.as_ref().map(|it| constant(&it.key));
        let has_value = constant.is_some_and(|it| it != Constant::Null);
        let is_rowid = self.to.rowid_column() == Some(&column.name);
        if column.not_null.is_none() || has_value || is_rowid || !column.is_plain() {
            return None;
        }
        let (table, name) = (&self.to.name, &column.name);
        let complaint = format!("rows would have no value in the new column `{table}.{name}`");
        Some(self.data_check("", complaint, Part::Column(name.clone())))
    }

    fn unique(&self, columns: &[KeyColumn]) -> Option<DataCheck> {
        if columns.iter().any(|it| self.from.column(&it.name).is_none()) {
            return None;
        }
        let keys = columns.iter().map(|it| {
            let own = self.to.column(&it.name).and_then(|it| it.collation.as_ref());
            let collation = it.collation.as_ref().or(own);
            let collation = collation.map(|it| format!(" COLLATE {}", identifier(it)));
            format!("{}{}", identifier(&it.name), collation.unwrap_or_default())
        });
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let part = Part::Constraint(format!("unique ({})", names.join(", ")));
        let object = ObjectId { table: self.to.name.clone(), part };
        Some(self.duplicates(&keys.collect::<Vec<_>>(), None, object))
    }

    fn duplicates(&self, keys: &[String], filter: Option<String>, object: ObjectId) -> DataCheck {
        let rows = self.rows();
        let set = keys.iter().map(|it| format!("{it} IS NOT NULL")).chain(filter);
        let set = set.collect::<Vec<_>>().join(" AND ");
        let list = keys.join(", ");
        let groups = format!("FROM {rows} WHERE {set} GROUP BY {list} HAVING count(*) > 1");
        DataCheck {
            count_sql: format!(
                "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n {groups})"
            ),
            sample_sql: format!("SELECT {list} {groups} LIMIT {SAMPLE_ROWS}"),
            complaint: format!("rows of `{}` repeat a value that must be unique", self.to.name),
            object,
        }
    }

    fn check(&self, check: &Check) -> Option<DataCheck> {
        let names = text::mentions(&check.expr.sql);
        let is_new = |it: &&Column| self.from.column(&it.name).is_none();
        if self.to.columns.iter().filter(is_new).any(|it| names.contains(&lower(&it.name))) {
            return None;
        }
        let table = &self.to.name;
        let complaint = format!("rows of `{table}` break the check ({})", check.expr.sql);
        let name = check.name.clone().unwrap_or_else(|| "check".to_owned());
        let filter = format!("NOT ({})", check.expr.sql);
        Some(self.data_check(&filter, complaint, Part::Constraint(name)))
    }

    fn foreign_key(&self, key: &ForeignKey) -> Option<DataCheck> {
        if key.columns.iter().any(|it| self.from.column(it).is_none()) {
            return None;
        }
        let parent = self.cx.to.table(&key.table)?;
        let target: Vec<String> = match &key.target {
            Some(target) => target.clone(),
            None => parent.primary_key.as_ref()?.columns.iter().map(|it| it.name.clone()).collect(),
        };
        if target.len() != key.columns.len() {
            return None;
        }
        let set = key.columns.iter().map(|it| format!("{} IS NOT NULL", identifier(it)));
        let set = set.collect::<Vec<_>>().join(" AND ");
        let filter = match self.cx.renamed.tables.iter().find(|it| it.name == parent.name) {
            // Into a table that is made first, no row can point yet.
            None => set,
            Some(before) => {
                if target.iter().any(|it| before.column(it).is_none()) {
                    return None;
                }
                let same = |(own, there): (&String, &String)| {
                    let spelled = &parent.column(there)?.name;
                    let old = self.cx.moves.old_column(&parent.name, spelled);
                    // The outer name needs its table where the inner has a column of that name.
                    let own = format!("{}.{}", identifier(&self.to.name), identifier(own));
                    Some(format!("target.{} = {own}", identifier(old)))
                };
                let pairs: Option<Vec<String>> =
                    key.columns.iter().zip(&target).map(same).collect();
                let old = identifier(self.cx.moves.old_table(&parent.name));
                format!(
                    "{set} AND NOT EXISTS (SELECT 1 FROM {old} AS target WHERE {})",
                    pairs?.join(" AND ")
                )
            }
        };
        let (table, columns) = (&self.to.name, key.columns.join(", "));
        let complaint = format!("rows of `{table}` point to no row of `{}`", parent.name);
        let name = key.name.clone().unwrap_or_else(|| format!("foreign key ({columns})"));
        Some(self.data_check(&filter, complaint, Part::Constraint(name)))
    }
}

/// What `typeof` may say of a value in a column of a strict table; `None` where anything may be.
fn strict_kinds(declared: &str) -> Option<&'static str> {
    match declared {
        "INT" | "INTEGER" => Some("'integer'"),
        "REAL" => Some("'real', 'integer'"),
        "TEXT" => Some("'text'"),
        "BLOB" => Some("'blob'"),
        _ => None,
    }
}

//! Questions to the live data that a change depends on, in the names that it has today.

use crate::plan::{DataCheck, ObjectId, Part};
use crate::sqlite::alter::{Constant, constant};
use crate::sqlite::catalog::{Check, Column, ForeignKey, Index, KeyColumn, Table};
use crate::sqlite::planner::Cx;
use crate::sqlite::text::{identifier, identifiers};

/// The name of the rowid in a sample.
const ROWID: &str = "rowid";
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
    out.extend(to.columns.iter().flat_map(|it| source.column(it)));
    let keys = |it: &Table| it.primary_key.iter().map(|it| it.columns.clone()).collect::<Vec<_>>();
    let known = from.uniques.iter().map(|it| it.columns.clone()).chain(keys(from));
    let known: Vec<Vec<KeyColumn>> = known.collect();
    for columns in to.uniques.iter().map(|it| it.columns.clone()).chain(keys(to)) {
        if !known.contains(&columns) {
            out.push(source.unique(&columns));
        }
    }
    for check in to.checks.iter().filter(|it| !from.checks.contains(it)) {
        out.push(source.check(check));
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
    if !index.unique {
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

    /// What stands after `FROM`: the table, or its rows as they would be in the new one.
    fn rows(&self) -> String {
        let (old, new) = (self.old_table(), &self.to.name);
        let is_as_before = |it: &Column| {
            self.cx.moves.old_column(new, &it.name) == it.name
                && self.from.column(&it.name).is_some_and(|old| old.generated == it.generated)
        };
        if old == new && self.to.columns.iter().all(is_as_before) {
            return identifier(old);
        }
        let mut columns: Vec<String> = self.key().iter().map(|it| self.key_column(it)).collect();
        let plain = self.to.columns.iter().filter(|it| it.is_plain());
        let plain = plain.filter(|it| !self.key().contains(&it.name.as_str()));
        columns.extend(plain.map(|it| format!("{} AS {}", self.value(it), identifier(&it.name))));
        let inner = format!("(SELECT {} FROM {})", columns.join(", "), identifier(old));
        let generated = self.to.columns.iter().filter_map(|it| {
            let expr = &it.generated.as_ref()?.expr.sql;
            Some(format!(", {expr} AS {}", identifier(&it.name)))
        });
        let generated: String = generated.collect();
        let rows = if generated.is_empty() {
            inner
        } else {
            format!("(SELECT *{generated} FROM {inner})")
        };
        format!("{rows} AS {}", identifier(new))
    }

    /// A column that tells rows apart, under the name it has on both sides or had before.
    fn key_column(&self, name: &str) -> String {
        if name == ROWID {
            return format!("rowid AS {ROWID}");
        }
        let before = identifier(self.cx.moves.old_column(&self.to.name, name));
        format!("{before} AS {}", identifier(name))
    }

    /// What a column of the new table gets.
    fn value(&self, column: &Column) -> String {
        if self.from.column(&column.name).is_some() {
            return identifier(self.cx.moves.old_column(&self.to.name, &column.name));
        }
        let is_rowid = self.to.rowid_column() == Some(&column.name);
        match &column.default {
            _ if is_rowid && self.from.without_rowid => "row_number() OVER ()".to_owned(),
            _ if is_rowid => ROWID.to_owned(),
            Some(it) => it.sql.clone(),
            None => "NULL".to_owned(),
        }
    }

    /// What tells rows apart.
    fn key(&self) -> Vec<&str> {
        match &self.from.primary_key {
            Some(key) => key.columns.iter().map(|it| it.name.as_str()).collect(),
            None => vec![ROWID],
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

    /// A column of the new table against the value that it gets.
    fn column(&self, new: &Column) -> Vec<DataCheck> {
        self.missing(new).into_iter().chain(self.misfitting(new)).collect()
    }

    /// Rows that would have NULL where a value must be.
    fn missing(&self, new: &Column) -> Option<DataCheck> {
        let old = self.from.column(&new.name);
        let was_rowid = old.is_some_and(|it| self.from.rowid_column() == Some(&it.name));
        let was_set = was_rowid || self.same(new).is_some_and(|it| it.not_null.is_some());
        let is_rowid = self.to.rowid_column() == Some(&new.name);
        // A new rowid column numbers the rows; an old column that becomes one must not.
        let must_be =
            new.not_null.is_some() && !(is_rowid && old.is_none()) || is_rowid && old.is_some();
        let default = new.default.as_ref().filter(|_| old.is_none());
        let has_default = default.is_some_and(|it| constant(&it.key) != Constant::Null);
        if !must_be || was_set || has_default {
            return None;
        }
        let (table, name) = (&self.to.name, &new.name);
        let complaint = match old {
            None if new.is_plain() => {
                format!("rows would have no value in the new column `{table}.{name}`")
            }
            _ => format!("rows are NULL in `{table}.{name}`"),
        };
        let filter = format!("{} IS NULL", identifier(name));
        Some(self.data_check(&filter, complaint, Part::Column(name.clone())))
    }

    /// Rows with a value that the column's type refuses.
    fn misfitting(&self, new: &Column) -> Option<DataCheck> {
        let was_strict = self.same(new).filter(|_| self.from.strict);
        let is_newly_strict =
            self.to.strict && was_strict.is_none_or(|it| it.declared_type != new.declared_type);
        let is_newly_rowid = self.to.rowid_column() == Some(&new.name)
            && self.from.column(&new.name).is_some()
            && self.from.rowid_column() != Some(&new.name);
        let filter = misfit(&new.declared_type, &identifier(&new.name))?;
        let (kind, table, name) = (&new.declared_type, &self.to.name, &new.name);
        let complaint = format!("rows hold what is no {kind} in `{table}.{name}`");
        (is_newly_strict || is_newly_rowid)
            .then(|| self.data_check(&filter, complaint, Part::Column(name.clone())))
    }

    /// The column as it was, when its values come from the same place.
    fn same(&self, new: &Column) -> Option<&Column> {
        self.from.column(&new.name).filter(|it| it.generated == new.generated)
    }

    fn unique(&self, columns: &[KeyColumn]) -> DataCheck {
        let keys = columns.iter().map(|it| {
            let own = self.to.column(&it.name).and_then(|it| it.collation.as_ref());
            let collation = it.collation.as_ref().or(own);
            let collation = collation.map(|it| format!(" COLLATE {}", identifier(it)));
            format!("{}{}", identifier(&it.name), collation.unwrap_or_default())
        });
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let part = Part::Constraint(format!("unique ({})", names.join(", ")));
        let object = ObjectId { table: self.to.name.clone(), part };
        self.duplicates(&keys.collect::<Vec<_>>(), None, object)
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

    fn check(&self, check: &Check) -> DataCheck {
        let table = &self.to.name;
        let complaint = format!("rows of `{table}` break the check ({})", check.expr.sql);
        let name = check.name.clone().unwrap_or_else(|| "check".to_owned());
        self.data_check(&format!("NOT ({})", check.expr.sql), complaint, Part::Constraint(name))
    }

    fn foreign_key(&self, key: &ForeignKey) -> Option<DataCheck> {
        // Where there is nothing, nothing points nowhere.
        let is_empty = |name: &String| {
            let default = self.to.column(name).and_then(|it| it.default.as_ref());
            self.from.column(name).is_none()
                && self.to.rowid_column() != Some(name)
                && default.is_none_or(|it| constant(&it.key) == Constant::Null)
                && self.to.column(name).is_some_and(Column::is_plain)
        };
        let parent = self.cx.to.table(&key.table).filter(|_| !key.columns.iter().any(is_empty))?;
        let target: Vec<&str> = match &key.target {
            Some(target) => target.iter().map(String::as_str).collect(),
            None => {
                parent.primary_key.as_ref()?.columns.iter().map(|it| it.name.as_str()).collect()
            }
        };
        let own = identifier(&self.to.name);
        let set = key.columns.iter().map(|it| format!("{own}.{} IS NOT NULL", identifier(it)));
        let set = set.collect::<Vec<_>>().join(" AND ");
        let filter = match self.cx.renamed.tables.iter().find(|it| it.name == parent.name) {
            // Into a table that is made first, no row can point yet.
            None => set,
            Some(from) => {
                let rows = Source { cx: self.cx, from, to: parent }.rows();
                let pairs = key.columns.iter().zip(target);
                let pairs = pairs.map(|(column, target)| {
                    format!("target.{} = {own}.{}", identifier(target), identifier(column))
                });
                let pairs = pairs.collect::<Vec<_>>().join(" AND ");
                format!(
                    "{set} AND NOT EXISTS (SELECT 1 FROM (SELECT * FROM {rows}) AS target WHERE {pairs})"
                )
            }
        };
        let (table, columns) = (&self.to.name, key.columns.join(", "));
        let complaint = format!("rows of `{table}` point to no row of `{}`", parent.name);
        let name = key.name.clone().unwrap_or_else(|| format!("foreign key ({columns})"));
        Some(self.data_check(&filter, complaint, Part::Constraint(name)))
    }
}

/// Holds for values that a column of this type refuses where types are enforced.
fn misfit(declared: &str, name: &str) -> Option<String> {
    let whole =
        format!("typeof({name}) = 'text' AND CAST(CAST({name} AS INTEGER) AS TEXT) = {name}");
    let real = format!("typeof({name}) = 'text' AND CAST(CAST({name} AS REAL) AS TEXT) = {name}");
    match declared {
        "INT" | "INTEGER" => Some(format!(
            "NOT (typeof({name}) IN ('integer', 'null') \
             OR typeof({name}) = 'real' AND {name} = CAST({name} AS INTEGER) OR {whole})"
        )),
        "REAL" => Some(format!(
            "NOT (typeof({name}) IN ('integer', 'real', 'null') OR {whole} OR {real})"
        )),
        "TEXT" => Some(format!("typeof({name}) = 'blob'")),
        "BLOB" => Some(format!("typeof({name}) NOT IN ('blob', 'null')")),
        _ => None,
    }
}

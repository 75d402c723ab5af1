//! Statements that bring back from a backup what a way back cannot: rows of dropped tables, values
//! of dropped and converted columns.
//!
//! They are made when the migration is applied, from the catalogs of that moment, and kept in the
//! ledger. Each runs right after its step's way back, when tables and columns still have the names
//! of after the migration; the backup has those of before.

use crate::plan::{Change, ObjectId, Part, Plan, Step};
use crate::sqlite::{Affinity, Catalog, Column, KeyColumn, Table, identifier, literal};

/// The name that the backup is attached as.
pub(super) const BACKUP: &str = "_specwright_backup";

/// Old names of what a plan renames.
struct Names {
    /// New, old.
    tables: Vec<(String, String)>,
    /// New table, new column, old column.
    columns: Vec<(String, String, String)>,
}

impl Names {
    fn of(plan: &Plan) -> Self {
        let mut out = Self { tables: Vec::new(), columns: Vec::new() };
        for change in plan.steps.iter().flat_map(|it| &it.changes) {
            let Change::Rename { object, to } = change else { continue };
            match &object.part {
                Part::Table => out.tables.push((to.clone(), object.table.clone())),
                Part::Column(old) => {
                    out.columns.push((object.table.clone(), to.clone(), old.clone()));
                }
                _ => {}
            }
        }
        out
    }

    fn old_table<'a>(&'a self, new: &'a str) -> &'a str {
        self.tables.iter().find(|it| it.0 == new).map_or(new, |it| &it.1)
    }

    fn old_column<'a>(&'a self, table: &str, new: &'a str) -> &'a str {
        self.columns.iter().find(|it| it.0 == table && it.1 == new).map_or(new, |it| &it.2)
    }

    fn new_column<'a>(&'a self, table: &str, old: &'a str) -> &'a str {
        self.columns.iter().find(|it| it.0 == table && it.2 == old).map_or(old, |it| &it.1)
    }
}

/// For each step of the plan what restores its losses; `None` where it loses nothing.
pub(super) fn statements(plan: &Plan, from: &Catalog, to: &Catalog) -> Vec<Option<String>> {
    let names = Names::of(plan);
    plan.steps.iter().map(|it| of_step(it, from, to, &names)).collect()
}

fn of_step(step: &Step, from: &Catalog, to: &Catalog, names: &Names) -> Option<String> {
    let mut out = String::new();
    for it in &step.loses {
        let old = from.table(names.old_table(&it.table));
        match (&it.part, old) {
            (Part::Table, Some(old)) => out += &rows(old),
            (Part::Column(column), Some(old)) => {
                out +=
                    &values(Loss { step, names, old, new: to.table(&it.table), id: it, column })?;
            }
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

/// A name by which SQL reaches the rowid, where no column hides it.
fn rowid(table: &Table) -> Option<&'static str> {
    let is_free = |it: &&str| table.column(it).is_none();
    ["rowid", "_rowid_", "oid"].into_iter().find(is_free).filter(|_| !table.without_rowid)
}

fn rows(table: &Table) -> String {
    let name = identifier(&table.name);
    let plain = table.columns.iter().filter(|it| it.is_plain());
    let mut columns: Vec<String> = plain.map(|it| identifier(&it.name)).collect();
    if table.rowid_column().is_none() {
        columns.extend(rowid(table).map(str::to_owned));
    }
    let columns = columns.join(", ");
    let mut out =
        format!("INSERT INTO main.{name} ({columns}) SELECT {columns} FROM {BACKUP}.{name};\n");
    if table.primary_key.as_ref().is_some_and(|it| it.autoincrement) {
        let name = literal(&table.name);
        out += &format!(
            "DELETE FROM main.sqlite_sequence WHERE name = {name};\n\
             INSERT INTO main.sqlite_sequence (name, seq) \
             SELECT name, seq FROM {BACKUP}.sqlite_sequence WHERE name = {name};\n"
        );
    }
    out
}

/// A column of a table that stays, whose values were lost.
struct Loss<'a> {
    step: &'a Step,
    names: &'a Names,
    /// The table before.
    old: &'a Table,
    /// The table after; `None` cannot be.
    new: Option<&'a Table>,
    id: &'a ObjectId,
    /// By its name after the renames.
    column: &'a str,
}

impl Loss<'_> {
    /// What tells a row again: names in the backup, names at the time of the restore.
    fn keys(&self) -> Option<Vec<(String, String)>> {
        let is_lost = |name: &str| {
            let new = self.names.new_column(&self.id.table, name);
            self.step.loses.iter().any(|it| it.part == Part::Column(new.to_owned()))
        };
        let pairs = |columns: &[KeyColumn]| -> Vec<(String, String)> {
            let pair = |it: &KeyColumn| {
                let new = self.names.new_column(&self.id.table, &it.name);
                (identifier(&it.name), identifier(new))
            };
            columns.iter().map(pair).collect()
        };
        let is_kept = |columns: &[KeyColumn]| !columns.iter().any(|it| is_lost(&it.name));
        if let Some(key) = self.old.primary_key.as_ref().filter(|it| is_kept(&it.columns)) {
            return Some(pairs(&key.columns));
        }
        if let (Some(old), Some(new)) = (rowid(self.old), self.new.and_then(rowid)) {
            return Some(vec![(old.to_owned(), new.to_owned())]);
        }
        let is_set =
            |it: &KeyColumn| self.old.column(&it.name).is_some_and(|it| it.not_null.is_some());
        let mut uniques = self.old.uniques.iter().map(|it| &it.columns);
        uniques.find(|it| is_kept(it) && it.iter().all(is_set)).map(|it| pairs(it))
    }

    fn has_unique_values(&self, column: &Column) -> bool {
        let has = |list: &[KeyColumn]| list.iter().any(|it| it.name == column.name);
        self.old.primary_key.as_ref().is_some_and(|it| has(&it.columns))
            || self.old.uniques.iter().any(|it| has(&it.columns))
    }
}

fn values(loss: Loss<'_>) -> Option<String> {
    let keys = loss.keys()?;
    let old_name = loss.names.old_column(&loss.id.table, loss.column);
    let column = loss.old.column(old_name)?;
    let table = identifier(&loss.id.table);
    let (target, source) = (identifier(loss.column), identifier(old_name));
    let backup = format!("{BACKUP}.{}", identifier(&loss.old.name));
    let same = |left: &str, right: &str| {
        let pairs = keys.iter().map(|(old, new)| format!("{left}.{old} = {right}.{new}"));
        pairs.collect::<Vec<_>>().join(" AND ")
    };
    let after = loss.new.and_then(|it| it.column(loss.column)).filter(|it| it.is_plain());
    let Some(after) = after else {
        let mut out = String::new();
        if column.not_null.is_some() && loss.has_unique_values(column) {
            // The stand-ins of other rows must not be in the way of a value.
            let value = match Affinity::of(loss.old, column) {
                Affinity::Text => "hex(randomblob(16))",
                Affinity::Blob => "randomblob(16)",
                Affinity::Integer | Affinity::Real | Affinity::Numeric => "random()",
            };
            out += &format!(
                "UPDATE main.{table} AS t SET {target} = {value} FROM {backup} AS b WHERE {};\n",
                same("b", "t")
            );
        }
        out += &format!(
            "UPDATE main.{table} AS t SET {target} = b.{source} FROM {backup} AS b WHERE {};\n",
            same("b", "t")
        );
        return Some(out);
    };
    // A value that was changed since is newer than the backup's and stays.
    let keys_old: Vec<&str> = keys.iter().map(|it| it.0.as_str()).collect();
    let numbered: Vec<String> = (1..=keys.len()).map(|it| format!("k{it}")).collect();
    let numbered = numbered.join(", ");
    let of = |table: Option<&Table>, column: &Column| match table {
        Some(it) if it.strict && column.declared_type == "ANY" => String::new(),
        _ => column.type_sql.0.clone(),
    };
    let (there, back) = (of(loss.new, after), of(Some(loss.old), column));
    let by_number = (1..).zip(&keys).map(|(number, (old, _))| format!("x.k{number} = b.{old}"));
    let by_number = by_number.collect::<Vec<_>>().join(" AND ");
    let (one, two) = ("temp._specwright_there", "temp._specwright_back");
    Some(format!(
        "CREATE TABLE {one} ({numbered}, v {there});\n\
         INSERT INTO {one} SELECT {}, {source} FROM {backup};\n\
         CREATE TABLE {two} ({numbered}, v {back});\n\
         INSERT INTO {two} SELECT {numbered}, v FROM {one};\n\
         UPDATE main.{table} AS t SET {target} = b.{source} FROM {backup} AS b, {two} AS x \
         WHERE {by_number} AND {} AND x.v IS t.{target};\n\
         DROP TABLE {one};\nDROP TABLE {two};\n",
        keys_old.join(", "),
        same("b", "t"),
    ))
}

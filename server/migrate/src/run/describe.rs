use crate::language::{self, File, Operation, OperationKind, RawSql, Seed};
use crate::plan::{
    Back, Change, Dialect, Lock, LockMode, ObjectId, Part, Plan, Refusal, Renames, Step,
    Transaction,
};
use crate::policy::{self, PolicyError};
use crate::render;
use crate::run::ledger::hash_of_spec;
use crate::run::restore::BACKUP;
use crate::run::{Hash, Migration};
use crate::schema::Schema;
use crate::sqlite::{Capabilities, SourceError, catalog_of_sql, identifier, plan};
use model::{Diagnostic, Severity};
use std::collections::BTreeMap;

/// Migration specs, read and planned.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// Name and hash of every spec, in order.
    pub specs: Vec<(String, Hash)>,
    /// Those that were asked for, in order.
    pub migrations: Vec<Migration>,
    /// What all specs together describe.
    pub schema: Schema,
    /// Warnings; `document` is the index of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why specs cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// The specs have errors; `document` is the index of the file. Warnings are in it too.
    #[error("read the migration specs")]
    Findings(Vec<Diagnostic>),
    #[error("compile the policies of `{migration}`: {}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Policy { migration: String, errors: Vec<PolicyError> },
    #[error("load the schema of `{migration}`")]
    Load { migration: String, source: SourceError },
    #[error("plan `{migration}`")]
    Refused { migration: String, source: Refusal },
}

/// The DDL of a schema with its policies, for SQLite.
///
/// # Errors
/// When a policy cannot be compiled.
pub fn sqlite_ddl(schema: &Schema) -> Result<String, Vec<PolicyError>> {
    let mut out = render::schema(schema, Dialect::Sqlite).sql();
    for it in policy::sqlite::statements(schema)? {
        out += &it.sql;
        out.push('\n');
    }
    Ok(out)
}

/// Reads `files`, in their order, and plans those for which `is_wanted` holds, for SQLite.
///
/// # Errors
/// [`DescribeError::Findings`] when any of the files has an error.
pub fn describe(
    files: &[File<'_>],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Described, DescribeError> {
    let read = language::read(files);
    let mut out = Described { diagnostics: read.diagnostics, ..Described::default() };
    let mut schema = Schema::default();
    for file in files {
        let of_file = |it: &&Operation| &*it.migration == file.name;
        let operations: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
        let replayed = language::replay(&schema, &operations);
        out.diagnostics.extend(replayed.diagnostics.iter().cloned());
        let name = file.name.to_owned();
        let spec_hash = hash_of_spec(file.text);
        out.specs.push((name.clone(), spec_hash.clone()));
        let has_errors = out.diagnostics.iter().any(|it| it.severity == Severity::Error);
        if !has_errors && is_wanted(file.name) {
            let draft = Draft {
                name: &name,
                before: &schema,
                after: &replayed.schema,
                renames: &replayed.renames,
                operations: &operations,
            };
            out.migrations.push(draft.migration(spec_hash)?);
        }
        schema = replayed.schema;
    }
    if out.diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(DescribeError::Findings(out.diagnostics));
    }
    out.schema = schema;
    Ok(out)
}

/// One spec on its way to a plan.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub name: &'a str,
    pub before: &'a Schema,
    pub after: &'a Schema,
    pub renames: &'a Renames,
    pub operations: &'a [Operation],
}

impl Draft<'_> {
    /// Plans it for SQLite.
    ///
    /// # Errors
    /// [`DescribeError`], but for [`DescribeError::Findings`].
    pub fn migration(&self, spec_hash: Hash) -> Result<Migration, DescribeError> {
        let (from, to) = (self.catalog(self.before)?, self.catalog(self.after)?);
        let planned = plan(&from, &to, self.renames, Capabilities::bundled());
        let mut plan = planned
            .map_err(|source| DescribeError::Refused { migration: self.name.to_owned(), source })?;
        let mut restores = BTreeMap::new();
        for it in self.operations {
            match &it.kind {
                OperationKind::Seed(seed) => self.add_seed(seed, &mut plan, &mut restores),
                OperationKind::Sql(RawSql { sqlite: Some(sql), sqlite_down, .. }) => {
                    let down = sqlite_down.as_ref().map(|it| it.value.as_str());
                    insert(&mut plan, raw(&sql.value, down), &mut restores);
                }
                _ => {}
            }
        }
        Ok(Migration { name: self.name.to_owned(), spec_hash, from, to, plan, restores })
    }

    fn catalog(&self, schema: &Schema) -> Result<crate::sqlite::Catalog, DescribeError> {
        let migration = || self.name.to_owned();
        let ddl = sqlite_ddl(schema)
            .map_err(|errors| DescribeError::Policy { migration: migration(), errors })?;
        catalog_of_sql(&ddl)
            .map_err(|source| DescribeError::Load { migration: migration(), source })
    }

    fn add_seed(&self, seed: &Seed, plan: &mut Plan, restores: &mut BTreeMap<usize, String>) {
        let schema = self.after;
        let statements = render::seed(schema, seed, Dialect::Sqlite);
        if statements.is_empty() {
            return;
        }
        let table = &seed.table.value;
        let old = self.renames.tables.iter().find(|it| it.1 == *table);
        let old = old.map_or(table, |it| &it.0);
        let is_new = self.before.table(old).is_none();
        let restore = render::seed_keys(schema, seed, Dialect::Sqlite)
            .map(|(key, rows)| self.unseed(seed, old, &key, &rows));
        let why = format!("the rows of `{table}` stay as they were seeded");
        let back = match (is_new, &restore) {
            // The table goes with its rows.
            (true, _) => Back::NotNeeded,
            (false, Some(_)) => Back::Lossy { sql: String::new(), why },
            (false, None) => Back::None { why },
        };
        let id = ObjectId { table: table.clone(), part: Part::Rows };
        let step = step(statements.join("\n"), Change::WriteRows(id), table, back);
        let index = insert(plan, step, restores);
        if let Some(restore) = restore.filter(|_| !is_new) {
            restores.insert(index, restore);
        }
    }

    /// Deletes the rows that the seed made, and gives those that it changed their values again.
    fn unseed(&self, seed: &Seed, old: &str, key: &[String], rows: &[Vec<String>]) -> String {
        let table = &seed.table.value;
        let renames = &self.renames.columns;
        let old_column = |name: &String| {
            let found = renames.iter().find(|it| it.0 == *table && it.2 == *name);
            identifier(found.map_or(name, |it| &it.1))
        };
        let same = key.iter().map(|it| format!("b.{} = t.{}", old_column(it), identifier(it)));
        let same = same.collect::<Vec<_>>().join(" AND ");
        let own = key.iter().map(|it| format!("t.{}", identifier(it)));
        let own = own.collect::<Vec<_>>().join(", ");
        let values: Vec<String> = rows.iter().map(|it| format!("({})", it.join(", "))).collect();
        let is_seeded = format!("({own}) IN (VALUES {})", values.join(", "));
        let (target, source) = (identifier(table), format!("{BACKUP}.{}", identifier(old)));
        let mut out = format!(
            "DELETE FROM main.{target} AS t WHERE {is_seeded} \
             AND NOT EXISTS (SELECT 1 FROM {source} AS b WHERE {same});\n"
        );
        let is_old =
            |name: &str| self.before.table(old).is_some_and(|it| it.column(name).is_some());
        let mut names: Vec<&String> = seed.rows.iter().flatten().map(|it| &it.0.value).collect();
        names.sort();
        names.dedup();
        let bare = |name: &String| {
            let found = renames.iter().find(|it| it.0 == *table && it.2 == *name);
            found.map_or_else(|| name.clone(), |it| it.1.clone())
        };
        names.retain(|it| !key.contains(it) && is_old(&bare(it)));
        if seed.update && !names.is_empty() {
            let set = names.iter().map(|it| format!("{} = b.{}", identifier(it), old_column(it)));
            let set = set.collect::<Vec<_>>().join(", ");
            out += &format!(
                "UPDATE main.{target} AS t SET {set} FROM {source} AS b WHERE {same} AND {is_seeded};\n"
            );
        }
        out
    }
}

fn raw(sql: &str, down: Option<&str>) -> Step {
    let back = match down {
        Some(down) => Back::Exact(down.to_owned()),
        None => Back::None { why: "the author's SQL has no `down`".to_owned() },
    };
    step(sql.to_owned(), Change::Raw(sql.to_owned()), "", back)
}

fn step(sql: String, change: Change, table: &str, back: Back) -> Step {
    Step {
        changes: vec![change],
        sql,
        transaction: Transaction::Segment(1),
        locks: vec![Lock { table: table.to_owned(), mode: LockMode::Database }],
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back,
        checks: Vec::new(),
    }
}

/// Puts a step behind those of the last transaction; gives its index.
fn insert(plan: &mut Plan, mut step: Step, restores: &mut BTreeMap<usize, String>) -> usize {
    let in_segment = |it: &Step| matches!(it.transaction, Transaction::Segment(_));
    let at = plan.steps.iter().rposition(in_segment).map_or(0, |it| it + 1);
    if let Some(last) = at.checked_sub(1) {
        step.transaction = plan.steps[last].transaction;
    }
    plan.steps.insert(at, step);
    debug_assert!(restores.keys().all(|it| *it < at), "what is inserted comes last");
    at
}

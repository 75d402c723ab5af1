//! Specs as PostgreSQL is concerned: the schema after each, and the rows and SQL that it writes.

use super::chain;
use crate::language::{self, File, Operation, OperationKind, RawSql, Seed};
use crate::plan::{
    Back, Change, Dialect, Lock, LockMode, ObjectId, Part, Renames, Step, Transaction,
};
use crate::policy;
use crate::render;
use crate::run::describe::DescribeError;
use crate::run::ledger::hash_of_spec;
use crate::schema::Schema;
use model::Severity;

/// One spec, with the schema after it.
pub(super) struct Spec {
    pub(super) name: String,
    pub(super) hash: String,
    pub(super) operations: Vec<Operation>,
    pub(super) renames: Renames,
    pub(super) ddl: String,
    /// What the specs before it describe.
    before: Schema,
    schema: Schema,
}

/// Reads the specs for PostgreSQL.
pub(super) fn read(files: &[File<'_>]) -> Result<Vec<Spec>, DescribeError> {
    let read = language::read(files);
    let mut diagnostics = read.diagnostics;
    let mut schema = Schema::default();
    let mut out = Vec::new();
    for file in files {
        let of_file = |it: &&Operation| &*it.migration == file.name;
        let operations: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
        let replayed = language::replay(&schema, &operations);
        diagnostics.extend(replayed.diagnostics);
        let before = std::mem::replace(&mut schema, replayed.schema);
        let mut ddl = render::schema(&schema, Dialect::Postgres).sql();
        let policies = policy::postgres::statements(&schema)
            .map_err(|errors| DescribeError::Policy { migration: file.name.to_owned(), errors })?;
        policies.iter().for_each(|it| ddl += &format!("{}\n", it.sql));
        out.push(Spec {
            name: file.name.to_owned(),
            hash: hash_of_spec(file.text),
            operations,
            renames: replayed.renames,
            ddl,
            before,
            schema: schema.clone(),
        });
    }
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(DescribeError::Findings(diagnostics));
    }
    Ok(out)
}

pub(super) fn described(error: &DescribeError) -> String {
    match error {
        DescribeError::Findings(all) => {
            let errors = all.iter().filter(|it| it.severity == Severity::Error);
            errors.map(|it| it.message.clone()).collect::<Vec<_>>().join("; ")
        }
        other => chain(other),
    }
}

/// A step of rows or of the author's SQL, in a transaction of its own behind the plan.
pub(super) struct Write {
    pub(super) step: Step,
    /// What undoes it, from a copy of its table as it was before.
    pub(super) unseed: Option<Unseed>,
}

/// How seeded rows are taken back, but for the name of the copy.
pub(super) struct Unseed {
    pub(super) table: String,
    key: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Columns that the seed brought to its own values.
    set: Vec<String>,
}

impl Unseed {
    /// Deletes the rows that the seed made, and gives those that it changed their values again.
    pub(super) fn sql(&self, copy: &str) -> String {
        use crate::expr::quote_ident;
        let table = quote_ident(&self.table);
        let own = |of: &str| {
            let all = self.key.iter().map(|it| format!("{of}.{}", quote_ident(it)));
            all.collect::<Vec<_>>().join(", ")
        };
        // A list of rows, not VALUES: there each literal takes the type of its column.
        let rows: Vec<String> = self.rows.iter().map(|it| format!("({})", it.join(", "))).collect();
        let is_seeded = format!("({}) IN ({})", own("t"), rows.join(", "));
        let same = format!("({}) = ({})", own("b"), own("t"));
        let mut out = format!(
            "DELETE FROM {table} AS t WHERE {is_seeded} \
             AND NOT EXISTS (SELECT 1 FROM {copy} AS b WHERE {same});"
        );
        if !self.set.is_empty() {
            let set = self.set.iter().map(|it| quote_ident(it));
            let set: Vec<String> = set.map(|it| format!("{it} = b.{it}")).collect();
            out += &format!(
                "\nUPDATE {table} AS t SET {} FROM {copy} AS b WHERE {same} AND {is_seeded};",
                set.join(", ")
            );
        }
        out
    }
}

impl Spec {
    /// Steps that write rows or run SQL of the author, in a transaction of their own at the end.
    pub(super) fn writes(&self) -> Vec<Write> {
        self.operations
            .iter()
            .filter_map(|it| match &it.kind {
                OperationKind::Seed(seed) => self.seed(seed),
                OperationKind::Sql(RawSql { postgres: Some(sql), postgres_down, .. }) => {
                    let back = match postgres_down {
                        Some(down) => Back::Exact(down.value.clone()),
                        None => Back::None { why: "the author's SQL has no `down`".to_owned() },
                    };
                    let change = Change::Raw(sql.value.clone());
                    Some(Write { step: step(sql.value.clone(), change, "", back), unseed: None })
                }
                _ => None,
            })
            .collect()
    }

    fn seed(&self, seed: &Seed) -> Option<Write> {
        let statements = render::seed(&self.schema, seed, Dialect::Postgres);
        if statements.is_empty() {
            return None;
        }
        let table = &seed.table.value;
        let renamed = self.renames.tables.iter().find(|it| it.1 == *table);
        let is_new = self.before.table(renamed.map_or(table, |it| &it.0)).is_none();
        let keys = render::seed_keys(&self.schema, seed, Dialect::Postgres);
        let unseed = keys.filter(|_| !is_new).map(|(key, rows)| {
            let names = seed.rows.iter().flatten().map(|it| it.0.value.clone());
            let mut set: Vec<String> =
                names.filter(|it| seed.update && !key.contains(it)).collect();
            set.sort();
            set.dedup();
            Unseed { table: table.clone(), key, rows, set }
        });
        let why = format!("the rows of `{table}` stay as they were seeded");
        let back = match (is_new, &unseed) {
            // The table goes with its rows.
            (true, _) => Back::NotNeeded,
            (false, Some(_)) => Back::Lossy { sql: String::new(), why },
            (false, None) => Back::None { why },
        };
        let id = ObjectId { table: table.clone(), part: Part::Rows };
        let step = step(statements.join("\n"), Change::WriteRows(id), table, back);
        Some(Write { step, unseed })
    }
}

fn step(sql: String, change: Change, table: &str, back: Back) -> Step {
    /// Behind every segment of a plan.
    const LAST: u32 = 1_000;
    Step {
        changes: vec![change],
        sql,
        transaction: Transaction::Segment(LAST),
        locks: vec![Lock { table: table.to_owned(), mode: LockMode::RowExclusive }],
        rewrite: false,
        scan: false,
        loses: Vec::new(),
        back,
        checks: Vec::new(),
    }
}

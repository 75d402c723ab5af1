//! The whole plan of a migration spec as a text to read: SQL of both engines with what each step
//! costs as comments, then what changes in the schema.

use super::Migration;
use super::preview::{Side, engine};
use migrate::language::OperationKind;
use migrate::plan::{Back, Dialect, LockMode, Step, Transaction};
use migrate::policy;
use migrate::render;
use migrate::schema::Schema;
use similar::TextDiff;

/// Lines around a change of the schema.
const CONTEXT: usize = 3;

/// The plan and the change of the schema, as SQL with comments.
#[must_use]
pub fn text(file: &Migration) -> String {
    let mut out = format!(
        "-- Plan of {}.\n-- Made without a database: rows are not known, PostgreSQL was not asked, \
         and nothing is proven before it is applied.\n",
        file.name
    );
    if file.is_refused {
        out += "-- Parts of the file are refused and not in this plan: it cannot be applied.\n";
    }
    for side in file.preview().sides() {
        out += &format!("\n-- {}\n", engine(side.dialect));
        side_text(file, side, &mut out);
    }
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        out += &format!("\n-- Change of the schema, {}\n", engine(dialect));
        out += &difference(file, dialect);
    }
    out
}

fn side_text(file: &Migration, side: &Side, out: &mut String) {
    match &side.plan {
        Err(why) => *out += &format!("-- cannot be planned: {}\n", why.replace('\n', " ")),
        Ok(plan) => {
            if plan.steps.is_empty() {
                *out += "-- the schema does not change\n";
            }
            for (number, step) in (1..).zip(&plan.steps) {
                step_text(number, step, out);
            }
        }
    }
    for (index, operation) in file.operations.iter().enumerate() {
        if matches!(operation.kind, OperationKind::Seed(_) | OperationKind::Sql(_)) {
            let it = side.summary(file, index);
            if !it.sql.is_empty() {
                *out += &format!("\n-- {}\n{}\n", it.words, it.sql.trim_end());
            }
        }
    }
}

fn step_text(number: usize, step: &Step, out: &mut String) {
    let place = match step.transaction {
        Transaction::Segment(n) => format!("transaction {n}"),
        Transaction::Outside => "outside transactions".to_owned(),
    };
    let changes: Vec<String> = step.changes.iter().map(ToString::to_string).collect();
    let what =
        if changes.is_empty() { "for the steps around it".to_owned() } else { changes.join(", ") };
    *out += &format!("\n-- {number}. {}; {place}\n", what.replace('\n', " "));
    let locks = step.locks.iter().filter(|it| it.mode != LockMode::Database);
    let mut costs: Vec<String> =
        locks.map(|it| format!("{} on {}", it.mode.word(), it.table)).collect();
    if step.rewrite {
        costs.push("writes every row again".to_owned());
    } else if step.scan {
        costs.push("reads every row".to_owned());
    }
    costs.extend(step.loses.iter().map(|it| format!("loses {it}")));
    if !costs.is_empty() {
        *out += &format!("--    {}\n", costs.join("; "));
    }
    match &step.back {
        Back::Lossy { why, .. } => {
            *out += &format!("--    the way back gives the schema back only: {why}\n");
        }
        Back::None { why } => *out += &format!("--    no way back: {why}\n"),
        Back::Exact(_) | Back::NotNeeded => {}
    }
    *out += step.sql.trim_end();
    out.push('\n');
}

/// A unified diff of the schema's DDL, each line a comment.
fn difference(file: &Migration, dialect: Dialect) -> String {
    let (before, after) = (ddl(&file.before, dialect), ddl(&file.after, dialect));
    if before == after {
        return "-- nothing\n".to_owned();
    }
    let diff = TextDiff::from_lines(&before, &after);
    let unified = diff.unified_diff().context_radius(CONTEXT).to_string();
    unified.lines().map(|it| format!("-- {it}\n")).collect()
}

/// The schema's DDL; without policies where they cannot be compiled.
fn ddl(schema: &Schema, dialect: Dialect) -> String {
    let script = policy::script(schema, dialect);
    script.unwrap_or_else(|_| render::schema(schema, dialect)).sql()
}

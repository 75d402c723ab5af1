//! Runs the examples of the rules' pages.
//!
//! Of rules of schemas and plans, what is before `# next` is applied to a database file with its
//! seeds; `# no database` leaves that out. Examples of the ledger's rules name their files by a line
//! each: `applied`, `applied as` (the spec says something else now, or is gone), `now` (it waits);
//! `# by hand` is SQL, as comments.

use super::{LedgerCx, LintCx, PlanCx, Rule, lint_ledger, lint_plan, lint_with};
use crate::language::{self, File, Operation, read, replay};
use crate::plan::{Dialect, Plan};
use crate::postgres::described;
use crate::run::{
    self, Draft, Facts, Limits, Options, SpecRef, Standing, ask_about, hash_of_spec,
    try_on_schema_of,
};
use crate::schema::Schema;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use system::TestSystem;

/// What one rule says of an example; an example that cannot be read says so.
pub(super) fn found(text: &str, rule: &str) -> Vec<String> {
    let is_file = |it: &str| it.starts_with("# ") && it.contains(".yaml, ");
    let all = if text.lines().any(is_file) { of_files(text, rule) } else { of_next(text, rule) };
    all.unwrap_or_else(|refused| vec![format!("the example is refused: {refused}")])
}

fn read_all(files: &[File<'_>]) -> Result<(Vec<Operation>, language::Replayed), String> {
    let read = read(files);
    let replayed = replay(&Schema::default(), &read.operations);
    let wrong: Vec<_> = read.diagnostics.iter().chain(&replayed.diagnostics).collect();
    if wrong.is_empty() { Ok((read.operations, replayed)) } else { Err(format!("{wrong:?}")) }
}

fn of_next(text: &str, rule: &str) -> Result<Vec<String>, String> {
    let (before, migration) = text.split_once("# next\n").unwrap_or(("", text));
    let first = File { name: "0001_before", text: before };
    let second = File { name: "0002_example", text: migration };
    let before = read_all(&[first])?.1.schema;
    let (_, after) = read_all(&[first, second])?;
    let own: Vec<Operation> = read(&[second]).operations;
    let renames = replay(&before, &own).renames;
    let is_on = |it: &Rule| it.docs.name == rule;
    let cx = LintCx::new(&before, &after.schema, &own);
    let mut out: Vec<String> = lint_with(&cx, &is_on).into_iter().map(|it| it.message).collect();
    let draft = Draft {
        name: second.name,
        before: &before,
        after: &after.schema,
        renames: &renames,
        operations: &own,
    };
    let names: Vec<&str> = before.tables.iter().map(|it| it.name.as_str()).collect();
    let planned = match draft.migration(String::new()) {
        Ok(it) => it,
        Err(why) => {
            let plan = Plan { dialect: Dialect::Sqlite, steps: Vec::new() };
            let why = std::error::Error::source(&why).map_or_else(String::new, ToString::to_string);
            let refusal = Some(why.as_str());
            let cx = PlanCx { plan: &plan, before: &names, facts: None, failure: None, refusal };
            out.extend(lint_plan(&cx, &is_on).into_iter().map(|it| it.message));
            return Ok(out);
        }
    };
    let lab = Lab::new(&[first]);
    let limits = Limits { ms_max: 10_000, stop: Arc::new(|| false) };
    let failure = try_on_schema_of(&planned.from, &planned, &limits).expect("nobody stops it");
    let facts = ask_about(&lab.file(), &planned.plan, true, &limits).expect("it is asked");
    let cx = PlanCx {
        plan: &planned.plan,
        before: &names,
        facts: Some(&facts).filter(|_| !migration.contains("# no database\n")),
        failure: failure.as_ref(),
        refusal: None,
    };
    let mut tell = |cx: &PlanCx<'_>| {
        out.extend(lint_plan(cx, &is_on).into_iter().map(|it| it.message));
    };
    tell(&cx);
    let described = |it| described::describe(it).map_err(|it| format!("{it:?}"));
    let (from, to) = (described(&before)?, described(&after.schema)?);
    let plan = described::plan_described(&from, &to, &renames);
    let empty = Plan { dialect: Dialect::Postgres, steps: Vec::new() };
    let why = plan.as_ref().err().map(ToString::to_string);
    let refusal = why.as_deref();
    let plan = plan.as_ref().unwrap_or(&empty);
    // The questions to the rows are asked of SQLite's plan.
    let mut plan = plan.clone();
    plan.steps.iter_mut().for_each(|it| it.checks.clear());
    let facts = Facts { answers: Vec::new(), ..facts };
    tell(&PlanCx { plan: &plan, before: &names, facts: Some(&facts), failure: None, refusal });
    Ok(out)
}

fn of_files(text: &str, rule: &str) -> Result<Vec<String>, String> {
    let mut applied: Vec<(String, String)> = Vec::new();
    let mut now: Vec<(String, String)> = Vec::new();
    let mut by_hand = String::new();
    let mut into = (false, false);
    for line in text.lines() {
        if let Some((name, word)) = line.strip_prefix("# ").and_then(|it| it.split_once(".yaml, "))
        {
            into = (word.starts_with("applied"), word != "applied as");
            let new = (name.to_owned(), String::new());
            applied.extend(into.0.then(|| new.clone()));
            now.extend(into.1.then_some(new));
        } else if line == "# by hand" {
            into = (false, false);
        } else if into == (false, false) {
            by_hand += line.trim_start_matches("# ");
        } else {
            let of = [(into.0, &mut applied), (into.1, &mut now)];
            for (_, files) in of.into_iter().filter(|it| it.0) {
                let text = &mut files.last_mut().expect("its line came first").1;
                *text += &format!("{line}\n");
            }
        }
    }
    let files: Vec<File<'_>> = applied.iter().map(|(name, text)| File { name, text }).collect();
    let lab = Lab::new(&files);
    if !by_hand.is_empty() {
        Connection::open(lab.file()).expect("it opens").execute_batch(&by_hand).expect("it runs");
    }
    let standing = Standing::read(&lab.file()).map_err(|it| it.to_string())?;
    let hashes: Vec<String> = now.iter().map(|it| hash_of_spec(&it.1)).collect();
    let specs = now.iter().zip(&hashes).map(|((name, _), hash)| SpecRef { name, hash });
    let problems = standing.problems(&specs.collect::<Vec<_>>());
    let cx = LedgerCx { problems: &problems, drift: &standing.drift };
    let found = lint_ledger(&cx, &|it| it.docs.name == rule);
    Ok(found.into_iter().map(|it| it.message).collect())
}

/// A database file to which some specs are applied.
struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new(files: &[File<'_>]) -> Self {
        let out = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let described = run::describe(files, &|_| true).expect("the specs are sound");
        let specs = described.specs.iter().map(|(name, hash)| SpecRef { name, hash });
        let options = Options {
            system: &TestSystem::new(),
            backups: &out.folder.path().join("backups"),
            tool_version: "0.1.0",
            data_ms_max: Options::DATA_MS,
            busy_ms: Options::BUSY_MS,
            hear: &|_| {},
        };
        let specs: Vec<SpecRef<'_>> = specs.collect();
        run::apply(Path::new(&out.file()), &specs, &described.migrations, &options)
            .expect("they are applied");
        out
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("dev.db")
    }
}

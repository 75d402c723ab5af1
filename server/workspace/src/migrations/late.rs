//! What is known of migration specs a moment after the keystroke: what their plans cost, how they
//! fare on shadows, what the development database says of them, and whether they fit its ledger.
//!
//! None of it is on the way of a keystroke. A look is started when the author pauses, and told by
//! its `stop` that the next keystroke has come. Nothing of a spec is run but on guarded shadows in
//! memory; the database is only read.

use super::preview::{Side, side_of_plan};
use super::{Migration, Migrations, allow, at_level, is_on, touch};
use crate::commands::STORE_FOLDER;
use crate::features::migration::names::{self, Thing};
use crate::settings::{Settings, allowed_rules};
use crate::snapshot::SpecView;
use migrate::language::{Operation, OperationKind};
use migrate::lint::{LedgerCx, PlanCx, PlanFinding, Rule, lint_ledger, lint_plan};
use migrate::plan::{Dialect, ObjectId, Part, Plan};
use migrate::run::{
    self, Draft, Facts, Failure, Limits, SpecRef, Standing, TrialError, hash_of_spec,
};
pub use migrate::sqlite::Stop;
use model::{AbsPath, Diagnostic, DocumentId, RelPath, Severity, Span};
use spec::rules::Levels;
use std::collections::BTreeMap;

/// How far a look goes; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    /// Plans, proven on an empty shadow of the schema.
    Schema,
    /// And the live database is asked, which is only read.
    Live,
    /// And the plans run on a shadow with some of its rows.
    Rows,
}

impl Depth {
    /// How long the live data may be asked about one migration: half a second while the author
    /// types, two when a file was saved.
    fn ms_max(self) -> u64 {
        match self {
            Self::Schema | Self::Live => 500,
            Self::Rows => 2_000,
        }
    }
}

/// The development database of a workspace folder, as last read.
#[derive(Debug, Clone)]
pub struct Database {
    pub path: AbsPath,
    pub standing: Standing,
}

impl Database {
    /// Reads the database of the folder `root`; `None` when there is none.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(root: &AbsPath) -> Result<Option<Self>, String> {
        let path = Self::path_below(root);
        if !path.as_path().is_file() {
            return Ok(None);
        }
        let standing =
            Standing::read(path.as_path()).map_err(|error| crate::error_chain(&error))?;
        Ok(Some(Self { path, standing }))
    }

    /// Tells states of the database's files apart without opening them: an open one would keep
    /// others from replacing the file.
    #[must_use]
    pub fn signature(root: &AbsPath) -> Signature {
        let path = Self::path_below(root);
        let of = |path: &std::path::Path| {
            let it = std::fs::metadata(path).ok()?;
            Some((it.len(), it.modified().ok()?))
        };
        let mut log = path.as_path().as_os_str().to_owned();
        log.push("-wal");
        Signature([of(path.as_path()), of(std::path::Path::new(&log))])
    }

    fn path_below(root: &AbsPath) -> AbsPath {
        let name = format!("{STORE_FOLDER}/dev.db");
        root.join(&RelPath::new(&name).expect("the name is a path"))
    }
}

/// Length and time of change of a database file and its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([Option<(u64, std::time::SystemTime)>; 2]);

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateFinding {
    pub diagnostic: Diagnostic,
    /// The migration, by its name without ending.
    pub migration: String,
    /// The table that it is about, when it is one.
    pub table: Option<String>,
}

/// A look at a set of migration specs.
pub struct Look<'a> {
    pub view: &'a SpecView,
    pub settings: &'a Settings,
    pub database: Option<&'a Database>,
    pub depth: Depth,
    pub stop: Stop,
}

/// A migration planned for the runner and tried on a shadow; made once for each text.
#[derive(Debug)]
pub(crate) struct Tried {
    planned: Option<run::Migration>,
    side: Side,
    failure: Option<Failure>,
}

impl Look<'_> {
    /// What is found, as the settings and the comments of the files want it; `None` when the look
    /// was stopped.
    #[must_use]
    pub fn findings(&self) -> Option<Vec<LateFinding>> {
        let Some(set) = &self.view.migrations else { return Some(Vec::new()) };
        let levels = self.settings.levels();
        let is_wanted = |it: &Rule| is_on(it, &levels);
        let mut out = self.of_ledger(set, &is_wanted);
        let pending = self.pending(set);
        let mut tried = Vec::new();
        for index in &pending {
            if (self.stop)() {
                return None;
            }
            tried.push(tried_of(&set.files[*index], self.start(*index, &pending), &self.stop)?);
        }
        let all = Pending { look: self, set, pending: &pending, tried: &tried };
        let mut on_rows = all.failure_on_rows().ok()?;
        for number in 0..pending.len() {
            let facts = all.facts(number).ok()?;
            let failure = on_rows.take_if(|it| it.0 == number).map(|it| it.1);
            out.extend(all.findings(number, facts.as_ref(), failure, &is_wanted));
        }
        Some(self.wanted(out, &levels))
    }

    /// The indexes of the files that are not applied, in order.
    fn pending(&self, set: &Migrations) -> Vec<usize> {
        let standing = self.database.map(|it| &it.standing);
        let is_applied = |it: &Migration| standing.is_some_and(|db| db.applied(&it.name).is_some());
        let all = set.files.iter().enumerate();
        all.filter(|(_, it)| !is_applied(it)).map(|it| it.0).collect()
    }

    /// The live schema where SQL of the author may be about what no spec made.
    fn start(&self, index: usize, pending: &[usize]) -> Option<&migrate::sqlite::Catalog> {
        let is_next = pending.first() == Some(&index);
        self.database.map(|it| &it.standing.schema).filter(|_| is_next)
    }

    fn of_ledger(&self, set: &Migrations, is_wanted: &dyn Fn(&Rule) -> bool) -> Vec<LateFinding> {
        let Some(database) = self.database else { return Vec::new() };
        let hashes: Vec<String> = set.files.iter().map(|it| hash_of_spec(&it.text)).collect();
        let specs = set.files.iter().zip(&hashes);
        let specs: Vec<SpecRef<'_>> =
            specs.map(|(it, hash)| SpecRef { name: &it.name, hash }).collect();
        let problems = database.standing.problems(&specs);
        let cx = LedgerCx { problems: &problems, drift: &database.standing.drift };
        let last = database.standing.ledger.applied().last().map(|it| it.name.clone());
        let found = lint_ledger(&cx, is_wanted).into_iter().filter_map(|it| {
            let name = it.spec.as_ref().or(last.as_ref());
            let by_name = set.files.iter().position(|file| Some(&file.name) == name);
            // What is about no file goes on the last.
            let index = by_name.or(set.files.len().checked_sub(1))?;
            let file = &set.files[index];
            Some(LateFinding {
                diagnostic: diagnostic(it.rule, index, head(file), it.message),
                migration: file.name.clone(),
                table: None,
            })
        });
        found.collect()
    }

    /// Findings at the levels of the settings and without what comments and settings silence.
    fn wanted(&self, found: Vec<LateFinding>, levels: &Levels) -> Vec<LateFinding> {
        let at_level = found.into_iter().filter_map(|it| {
            let diagnostic = at_level(&it.diagnostic, levels)?;
            Some(LateFinding { diagnostic, ..it })
        });
        let mut out: Vec<LateFinding> = at_level.collect();
        for (index, document) in (0u32..).zip(&self.view.documents) {
            let in_settings = document.path.as_ref().map(|it| allowed_rules(self.settings, it));
            let in_settings = in_settings.unwrap_or_default();
            out.retain(|it| {
                let it = &it.diagnostic;
                let group = crate::rules::find(it.rule).map_or("", |it| it.group);
                it.document != DocumentId(index)
                    || !(in_settings.contains(&it.rule)
                        || in_settings.contains(&group)
                        || allow::is_allowed(document, it))
            });
        }
        out.sort_by(|a, b| {
            let key =
                |it: &LateFinding| (it.diagnostic.document, it.diagnostic.span, it.diagnostic.rule);
            key(a).cmp(&key(b))
        });
        out.dedup();
        out
    }
}

/// The migrations that wait, each tried by itself.
struct Pending<'a> {
    look: &'a Look<'a>,
    set: &'a Migrations,
    pending: &'a [usize],
    tried: &'a [&'a Tried],
}

impl Pending<'_> {
    fn file(&self, number: usize) -> &Migration {
        &self.set.files[self.pending[number]]
    }

    fn limits(&self) -> Limits {
        Limits { ms_max: self.look.depth.ms_max(), stop: self.look.stop.clone() }
    }

    /// Which of them fails first when all are run over some rows.
    fn failure_on_rows(&self) -> Result<Option<(usize, Failure)>, Stopped> {
        let Some(database) = self.look.database.filter(|_| self.look.depth >= Depth::Rows) else {
            return Ok(None);
        };
        // Behind one that is refused nothing is run.
        let sound = self.tried.iter().enumerate();
        let sound = sound.take_while(|(number, _)| !self.file(*number).is_refused);
        let planned: Vec<&run::Migration> = sound.map_while(|it| it.1.planned.as_ref()).collect();
        told(run::try_on_rows(database.path.as_path(), &planned, &self.limits()))
            .map(Option::flatten)
    }

    /// What the database says of one of them; `None` when it is not asked.
    fn facts(&self, number: usize) -> Result<Option<Facts>, Stopped> {
        let Some(database) = self.look.database.filter(|_| self.look.depth >= Depth::Live) else {
            return Ok(None);
        };
        let Some(planned) = &self.tried[number].planned else { return Ok(None) };
        if !self.is_as_it_is_now(number) {
            return Ok(None);
        }
        let path = database.path.as_path();
        told(run::ask_about(path, &planned.plan, number == 0, &self.limits()))
    }

    /// Whether the tables that a migration is about are still what the database has, and no other
    /// that waits before it writes rows: else the rows of today answer another question.
    fn is_as_it_is_now(&self, number: usize) -> bool {
        let (first, own) = (self.file(0), self.file(number));
        let writes =
            |it: &Operation| matches!(it.kind, OperationKind::Seed(_) | OperationKind::Sql(_));
        if (0..number).any(|it| self.file(it).operations.iter().any(writes)) {
            return false;
        }
        let mut names = own.operations.iter().flat_map(|it| touch::tables(&it.kind));
        names.all(|it| first.before.table(it) == own.before.table(it))
    }

    fn findings(
        &self,
        number: usize,
        facts: Option<&Facts>,
        on_rows: Option<Failure>,
        is_wanted: &dyn Fn(&Rule) -> bool,
    ) -> Vec<LateFinding> {
        let (file, tried) = (self.file(number), self.tried[number]);
        let names: Vec<&str> = file.before.tables.iter().map(|it| it.name.as_str()).collect();
        let in_the_way = |step: Option<usize>| {
            let answers = facts.into_iter().flat_map(|it| &it.answers);
            answers.into_iter().any(|it| Some(it.0) == step && it.1.is_obstacle())
        };
        // The rows have been told already.
        let on_rows = on_rows.filter(|it| !in_the_way(it.step));
        let failure = tried.failure.as_ref().filter(|_| !file.is_refused).or(on_rows.as_ref());
        let empty = |dialect| Plan { dialect, steps: Vec::new() };
        let rows_only = facts.map(|it| Facts { rows: it.rows.clone(), answers: Vec::new() });
        let mut out = Vec::new();
        let postgres = &file.preview().postgres;
        for side in [&tried.side, postgres] {
            let none = empty(side.dialect);
            let mut plan = side.plan.as_ref().unwrap_or(&none).clone();
            let is_sqlite = side.dialect == Dialect::Sqlite;
            if !is_sqlite {
                // The questions to the rows are the same, and are asked of SQLite's plan.
                plan.steps.iter_mut().for_each(|it| it.checks.clear());
            }
            let cx = PlanCx {
                plan: &plan,
                before: &names,
                facts: if is_sqlite { facts } else { rows_only.as_ref() },
                failure: failure.filter(|_| is_sqlite),
                refusal: side.plan.as_ref().err().map(String::as_str).filter(|_| !file.is_refused),
            };
            let index = self.pending[number];
            let mut found = lint_plan(&cx, is_wanted);
            // Without a database the rules of schemas say what may stand in the way.
            found.retain(|it| facts.is_some() || it.rule.docs.name != "depends-on-data");
            out.extend(found.into_iter().filter_map(|it| dress(file, index, side, &plan, it)));
        }
        // Both engines often say the same.
        let mut seen = Vec::new();
        out.retain(|it: &LateFinding| {
            let key = (it.diagnostic.rule, it.diagnostic.span, it.diagnostic.message.clone());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        });
        out
    }
}

struct Stopped;

/// A trial that could not read the database tells nothing; it is told when the database is read.
fn told<T>(it: Result<T, TrialError>) -> Result<Option<T>, Stopped> {
    match it {
        Ok(it) => Ok(Some(it)),
        Err(TrialError::Stopped) => Err(Stopped),
        Err(TrialError::Run(_)) => Ok(None),
    }
}

/// The trial of a file by itself; `None` when it was stopped.
fn tried_of<'f>(
    file: &'f Migration,
    live: Option<&migrate::sqlite::Catalog>,
    stop: &Stop,
) -> Option<&'f Tried> {
    if let Some(tried) = file.tried.get() {
        return Some(tried);
    }
    let planned = file.draft();
    let is_raw = file.operations.iter().any(|it| matches!(it.kind, OperationKind::Sql(_)));
    let mut failure = None;
    if let Ok(planned) = &planned {
        let start = live.filter(|_| is_raw).unwrap_or(&planned.from);
        let limits = Limits { ms_max: 0, stop: stop.clone() };
        failure = run::try_on_schema_of(start, planned, &limits).ok()?;
    }
    if stop() {
        return None;
    }
    let plan = planned.as_ref().map(|it| it.plan.clone()).map_err(Clone::clone);
    let side = side_of_plan(file, Dialect::Sqlite, plan);
    Some(file.tried.get_or_init(|| Tried { planned: planned.ok(), side, failure }))
}

impl Migration {
    /// As the runner will plan it, on the part of the schema that it can touch.
    fn draft(&self) -> Result<run::Migration, String> {
        let is_free =
            |it: &Operation| matches!(it.kind, OperationKind::Seed(_) | OperationKind::Sql(_));
        // Rows may be written to tables that do not change.
        let is_focused = !self.operations.iter().any(is_free);
        let (before, after) = if is_focused {
            super::focus::focus(&self.before, &self.after)
        } else {
            ((*self.before).clone(), (*self.after).clone())
        };
        let draft = Draft {
            name: &self.name,
            before: &before,
            after: &after,
            renames: &self.renames,
            operations: &self.operations,
        };
        draft.migration(String::new()).map_err(|it| crate::error_chain(&it))
    }
}

/// Rules of schemas that have said at the same operation what a rule of plans would say again.
const SAID: [(&str, &[&str]); 2] = [
    ("loses-data", &["purge", "narrowed-type", "enum-word-removed"]),
    ("lossy-way-back", &["purge", "narrowed-type", "raw-without-way-back"]),
];

/// A finding at the operation that asked for its step, or the thing there that it is about.
fn dress(
    file: &Migration,
    index: usize,
    side: &Side,
    plan: &Plan,
    found: PlanFinding,
) -> Option<LateFinding> {
    let causes = found.step.and_then(|it| side.causes.get(it)).into_iter().flatten();
    let causes: Vec<&Operation> = causes.filter_map(|it| file.operations.get(*it)).collect();
    let object = found.object.as_ref();
    // Of several operations that a step is for, the one that names what it is about.
    let named = object.and_then(|object| {
        causes.iter().find_map(|it| Some((*it, place_of(file, object, whole_of(it))?)))
    });
    let cause = named.map(|it| it.0).or(causes.first().copied());
    let whole = cause.map(whole_of);
    // A count is worth saying again.
    let is_counted = found.rule.docs.name == "loses-data" && found.message.contains(" rows;");
    let said = SAID.iter().filter(|it| it.0 == found.rule.docs.name).flat_map(|it| it.1);
    let is_said = said.into_iter().any(|rule| {
        let at_cause = |it: &Diagnostic| whole.is_none_or(|whole| whole.contains(it.span));
        file.judged.iter().any(|it| it.rule == *rule && at_cause(it))
    });
    if is_said && !is_counted {
        return None;
    }
    let named = named.map(|it| it.1);
    let span = named.or(cause.map(|it| it.keyword.span)).unwrap_or_else(|| head(file));
    let step = found.step.and_then(|it| plan.steps.get(it));
    let of_step = || step.and_then(|it| it.changes.iter().find_map(|it| it.table()));
    let table = object.map(|it| it.table.as_str()).or_else(of_step).map(str::to_owned);
    let mut diagnostic = diagnostic(found.rule, index, span, found.message);
    diagnostic.severity = found.severity;
    Some(LateFinding { diagnostic, migration: file.name.clone(), table })
}

fn whole_of(operation: &Operation) -> Span {
    operation.origin.span.cover(operation.keyword.span)
}

/// Where an operation names an object.
fn place_of(file: &Migration, object: &ObjectId, whole: Span) -> Option<Span> {
    let Part::Column(column) = &object.part else { return None };
    let thing = Thing::Column { table: object.table.clone(), column: column.clone() };
    let mut own = names::mentions(file).into_iter();
    own.find(|it| whole.contains(it.span) && it.thing.is_same(&thing)).map(|it| it.span)
}

/// The first operation of a file, else its first line.
fn head(file: &Migration) -> Span {
    let line = file.text.lines().next().unwrap_or_default().trim_end().len();
    file.operations.first().map_or(Span::new(0, line), |it| it.keyword.span)
}

fn diagnostic(rule: &Rule, index: usize, span: Span, message: String) -> Diagnostic {
    Diagnostic {
        rule: rule.docs.name,
        severity: rule.docs.severity,
        document: DocumentId(u32::try_from(index).expect("a set has few files")),
        span,
        message,
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    }
}

/// Notes for a product spec, where it declares a table that a migration has trouble with.
#[must_use]
pub fn notes(view: &SpecView, found: &[LateFinding]) -> Vec<Diagnostic> {
    let mut places: BTreeMap<&str, Vec<(DocumentId, Span)>> = BTreeMap::new();
    let mut out = Vec::new();
    for it in found.iter().filter(|it| it.diagnostic.severity >= Severity::Warning) {
        let Some(table) = &it.table else { continue };
        let places = places
            .entry(table)
            .or_insert_with(|| crate::features::navigation::declared_at(view, table));
        for (document, span) in places {
            out.push(Diagnostic {
                severity: Severity::Info,
                document: *document,
                span: *span,
                message: format!("migration `{}`: {}", it.migration, it.diagnostic.message),
                fixes: Vec::new(),
                related: Vec::new(),
                ..it.diagnostic.clone()
            });
        }
    }
    out
}

#[cfg(test)]
mod tests;

//! The facts of a run, from the workspace's own records. What is not known is said to be unknown.

use super::super::migrations::{self, Specs, Target};
use super::super::{
    CommandCx, CommandError, audit, checkpoints, detect, reviews::ReviewData, store,
};
use super::span::Span;
use crate::migrations::touch;
use catalog::{AuditEntry, Catalog, StoredReview};
use checkpoint::{Checkpoints, FilePreview, Record, Restore, Role, Summary};
use migrate::language;
use migrate::run::{self, Entry as LedgerEntry, Kind, Ledger, OWN, Status};
use model::Timestamp;
use proof::{
    Approval, Asked, Chain, ChangedDatabase, ChangedFile, ChangedTable, Changes, Entry, Finding,
    LedgerRow, MigrationText, Note, Predicate, Redaction, Requirement, Review, Reviewer, Run,
    Statement, Subject, Test, TestResult, Tool, Undoing,
};
use std::collections::{BTreeMap, BTreeSet};

/// More of a migration spec is not quoted: 16 KiB.
const TEXT_BYTES_MAX: usize = 16 << 10;
/// More lines are not quoted for one table.
const N_LINES_MAX: usize = 3;
/// More of a line is not quoted.
const LINE_CHARS_MAX: usize = 300;
/// Tells the audit chain of a row that was written to the ledger of a server.
pub(crate) const SERVER_ROW: &str = "server.row";
/// Reviews that are looked through.
const N_REVIEWS_MAX: u32 = 500;

/// What all parts need.
struct Facts<'a> {
    cx: &'a CommandCx<'a>,
    span: &'a Span,
    specs: Specs,
    /// Of the database that the run is about; empty where that is not on this machine.
    ledger: Ledger,
    database: Option<Target>,
    /// Rows that the run wrote to the ledger, and those that it recorded of a server's.
    rows: Vec<LedgerRow>,
    /// Migrations that it was about.
    names: BTreeSet<String>,
    /// Reviews of these migrations, the last before the end.
    reviews: Vec<StoredReview>,
    not_run: Vec<String>,
}

/// States everything that is known of a run. It is not redacted yet.
pub(crate) fn statement(
    cx: &CommandCx<'_>,
    catalog: &Catalog,
    span: &Span,
    id: &str,
) -> Result<Statement, CommandError> {
    let mut facts = Facts::new(cx, catalog, span)?;
    let (asked, subjects) = facts.asked();
    let changed = facts.changed()?;
    let reviewed = facts.reviewed();
    let tested = facts.tested()?;
    let approved = facts.approved();
    let undone = facts.undone();
    let chain = facts.chain(catalog)?;
    facts.not_run.push(
        "Tests, builds and checks of the application: Specwright runs none, and this says nothing \
         about them"
            .to_owned(),
    );
    let predicate = Predicate {
        id: id.to_owned(),
        headline: facts.headline(&undone),
        generated_at: audit::rfc_3339(cx.system.now()),
        tool: Tool { name: "specwright".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        run: facts.run(),
        asked,
        changed,
        reviewed,
        approved,
        tested,
        undone,
        not_run: facts.not_run,
        chain,
        redaction: Redaction::default(),
    };
    Ok(Statement::new(subjects, predicate))
}

impl<'a> Facts<'a> {
    fn new(cx: &'a CommandCx<'a>, catalog: &Catalog, span: &'a Span) -> Result<Self, CommandError> {
        let specs = Specs::read(cx)?;
        let mut not_run = Vec::new();
        let database = database(cx, span, &mut not_run)?;
        let ledger = database.as_ref().map(Target::ledger).transpose()?.unwrap_or_default();
        let is_in = |it: &&LedgerEntry| {
            let end = span.ended.unwrap_or(Timestamp(i64::MAX));
            (span.started.0..=end.0).contains(&it.started_at_ms)
        };
        let own = ledger.entries.iter().filter(is_in).map(|it| row(it, None));
        let promoted = span.entries.iter().filter(|it| it.action == SERVER_ROW);
        let promoted = promoted.filter_map(|it| serde_json::from_str(&it.detail).ok());
        let rows: Vec<LedgerRow> = own.chain(promoted).collect();
        if rows.iter().any(|it| it.server.is_some()) || span.kind == "promotion" {
            not_run.push(
                "The ledger of the server: it was not read again; what is told of it was recorded \
                 here when it was written"
                    .to_owned(),
            );
        }
        let mut names: BTreeSet<String> = rows.iter().map(|it| it.name.clone()).collect();
        let told: Vec<&str> = span.entries.iter().flat_map(words).collect();
        names.extend(specs.names().into_iter().filter(|it| {
            told.iter().any(|word| word == it || word.ends_with(&format!("/{it}.yaml")))
        }));
        let mut facts =
            Self { cx, span, specs, ledger, database, rows, names, reviews: Vec::new(), not_run };
        facts.reviews = facts.reviews_of(catalog)?;
        Ok(facts)
    }

    fn run(&self) -> Run {
        let span = self.span;
        let of = |it: Option<&AuditEntry>, text: fn(&AuditEntry) -> &String| {
            it.map(|it| text(it).clone()).unwrap_or_default()
        };
        let (intent, outcome) = (span.intent(), span.outcome());
        let id = |it: &Option<Record>| it.as_ref().map(|it| it.id.to_string());
        let actors: BTreeSet<&String> = span.entries.iter().map(|it| &it.actor).collect();
        Run {
            kind: span.kind.to_owned(),
            name: span.name.clone(),
            target: of(intent.or(outcome), |it| &it.subject),
            intent: of(intent, |it| &it.detail),
            outcome: of(outcome, |it| &it.detail),
            started_at: audit::rfc_3339(span.started),
            ended_at: span.ended.map(audit::rfc_3339),
            actors: actors.into_iter().cloned().collect(),
            checkpoint_before: id(&span.before),
            checkpoint_after: id(&span.after),
        }
    }

    /// The migration specs, and the lines of specs that ask for their tables; with the files that
    /// either is from.
    fn asked(&self) -> (Asked, Vec<Subject>) {
        let (mut asked, mut subjects) = (Asked::default(), BTreeMap::new());
        let mut tables = BTreeSet::new();
        for ((path, text), file) in self.specs.placed().zip(self.specs.files()) {
            if !self.names.contains(file.name) {
                continue;
            }
            let read = language::read(&[file]);
            for it in &read.operations {
                tables.extend(touch::tables(&it.kind).into_iter().map(str::to_owned));
            }
            subjects.insert(path.clone(), Subject::of(&path, text.as_bytes()));
            let own = self.ledger.entries.iter().rev().find(|it| it.name == file.name);
            let told = self.rows.iter().rev().find(|it| it.name == file.name);
            let applied = own.map(|it| &it.spec_hash).or(told.map(|it| &it.spec_hash));
            asked.migrations.push(MigrationText {
                name: file.name.to_owned(),
                path,
                text: clipped(text),
                is_as_applied: applied.map(|it| *it == run::hash_of_spec(text)),
            });
        }
        for (requirement, text) in self.requirements(&tables) {
            let subject = Subject::of(&requirement.path, text.as_bytes());
            subjects.entry(requirement.path.clone()).or_insert(subject);
            asked.requirements.push(requirement);
        }
        (asked, subjects.into_values().collect())
    }

    /// Lines of specs that ask for tables, each with the text of its file.
    fn requirements(&self, tables: &BTreeSet<String>) -> Vec<(Requirement, String)> {
        let specs = detect::specs(self.cx, &|_| true);
        let of_view = |view: &crate::SpecView| {
            let mut out = Vec::new();
            let wanted = view.analysis.detection.tables.iter();
            for table in wanted.filter(|it| tables.contains(&it.name)) {
                let mut lines = BTreeSet::new();
                for it in &table.evidence {
                    let Some(path) = view.path(it.document) else { continue };
                    let document = view.document(it.document);
                    let line = document.lines.line(it.span.start as usize);
                    if lines.len() >= N_LINES_MAX || !lines.insert((it.document.0, line)) {
                        continue;
                    }
                    let span = document.lines.line_span(line).unwrap_or_default();
                    let text = document.text.get(span).unwrap_or_default().trim();
                    let requirement = Requirement {
                        primitive: format!("table {}", table.name),
                        path: path.as_str().to_owned(),
                        line: line + 1,
                        text: text.chars().take(LINE_CHARS_MAX).collect(),
                    };
                    out.push((requirement, document.text.to_string()));
                }
            }
            out
        };
        let found = detect::scan(self.cx, &specs, &of_view);
        found.into_iter().flatten().flatten().collect()
    }

    fn changed(&mut self) -> Result<Changes, CommandError> {
        let mut out = Changes { ledger: self.rows.clone(), ..Changes::default() };
        let Some(before) = &self.span.before else {
            self.not_run.push(
                "The comparison of files and rows: there is no checkpoint from before the run"
                    .to_owned(),
            );
            return Ok(out);
        };
        let failed = |it| checkpoints::failed(&it);
        let all = checkpoints::open(self.cx, None)?;
        let name = |it: &Record| format!("checkpoint {} of {}", it.id, audit::rfc_3339(it.at));
        let (to, files, databases) = match &self.span.after {
            Some(after) => {
                let files = all.diff(before, after).map_err(failed)?;
                let (one, other) = (summaries(&all, before)?, summaries(&all, after)?);
                (name(after), files.iter().map(file).collect(), compared(&one, &other))
            }
            None => now(self.cx, &all, before)?,
        };
        out.compared = format!("from {} to {to}", name(before));
        out.files = files;
        out.databases = databases;
        for (path, entry) in all.entries(before).map_err(failed)? {
            if let checkpoint::Entry::Uncaptured { reason, .. } = entry {
                let why = reason.word().to_owned();
                out.uncaptured.push(Note { name: path.to_string(), why });
            }
        }
        Ok(out)
    }

    /// The last review of each of the migrations before the end; of a range all that were in it.
    fn reviews_of(&self, catalog: &Catalog) -> Result<Vec<StoredReview>, CommandError> {
        let mut all = catalog.reviews(N_REVIEWS_MAX).map_err(|it| store::failed(&it))?;
        let end = self.span.ended.unwrap_or(Timestamp(i64::MAX));
        all.retain(|it| it.at <= end);
        if self.span.kind == "range" {
            all.retain(|it| it.at >= self.span.started);
            all.reverse();
            return Ok(all);
        }
        let mut out = Vec::new();
        for name in &self.names {
            let path = format!(": {}/{name}.yaml", migrations::FOLDER);
            let mut of_file = all.iter().filter(|it| it.subject.ends_with(&path));
            let own = of_file.clone().find(|it| it.subject.starts_with(&self.span.name));
            out.extend(own.or_else(|| of_file.next()).cloned());
        }
        Ok(out)
    }

    fn reviewed(&mut self) -> Vec<Review> {
        let mut out = Vec::new();
        for it in &self.reviews {
            let Ok(report) = serde_json::from_str::<ReviewData>(&it.report) else {
                self.not_run.push(format!(
                    "Reading the review of {}: its report is of another version",
                    it.subject
                ));
                continue;
            };
            for it in report.reviewers.iter().filter(|it| it.status != "done") {
                let why = it.why.as_deref().unwrap_or("it gave no reason");
                self.not_run.push(format!("Reviewer {}: {why}", it.name));
            }
            out.push(review(it, report));
        }
        if self.span.kind != "rollback" && out.is_empty() {
            self.not_run.push("The council: no review of it is recorded".to_owned());
        }
        let models = out.iter().flat_map(|it| &it.reviewers).any(|it| it.name.contains('/'));
        if !out.is_empty() && !models {
            self.not_run.push("Reviews by language models: none took part".to_owned());
        }
        self.not_run.sort();
        self.not_run.dedup();
        out
    }

    fn approved(&self) -> Vec<Approval> {
        let hashes: Vec<&str> = self.reviews.iter().map(|it| it.subject_hash.as_str()).collect();
        let mut all = Vec::new();
        // What was said to the same text of a change before the run counts for it too.
        for it in &self.span.earlier {
            if hashes.iter().any(|hash| !hash.is_empty() && it.detail.contains(hash)) {
                all.extend(approval(it));
            }
        }
        all.extend(self.span.entries.iter().filter_map(approval));
        all
    }

    fn tested(&mut self) -> Result<Vec<Test>, CommandError> {
        let mut out = Vec::new();
        for it in &self.rows {
            let evidence = format!("row {} of the ledger: {}", it.seq, it.status);
            let is_done = it.status == Status::Done.word();
            let result = if is_done { TestResult::Passed } else { TestResult::NotRun };
            let mut add =
                |what: String, evidence: String| out.push(Test { what, result, evidence });
            if it.kind == Kind::Apply.word() {
                add(
                    format!("Dry run of {} on a shadow of the live schema", it.name),
                    format!("{evidence}; nothing runs that did not run there first"),
                );
            }
            match &it.server {
                Some(server) => {
                    add(format!("Check of the schema of {server} after {}", it.name), evidence);
                }
                None if it.kind == Kind::Baseline.word() => {}
                None => add(
                    format!("Check of the database after {}, before the commit", it.name),
                    evidence,
                ),
            }
        }
        let outcome = self.span.outcome().filter(|it| it.detail.starts_with("failed"));
        out.extend(outcome.map(|it| Test {
            what: format!("{} as a whole", self.span.name),
            result: TestResult::Failed,
            evidence: format!("entry {} of the audit chain: {}", it.seq, it.detail),
        }));
        for it in &self.reviews {
            let report = serde_json::from_str::<ReviewData>(&it.report).ok();
            let shadow = report.iter().flat_map(|it| &it.reviewers).find(|it| it.name == "shadow");
            out.extend(shadow.filter(|it| it.status == "done").map(|_| Test {
                what: format!("Trial of {} on made-up rows", it.subject),
                result: TestResult::Passed,
                evidence:
                    "the council's shadow ran; what it found is among the findings".to_owned(),
            }));
        }
        out.extend(self.standing()?);
        Ok(out)
    }

    /// How the database stands now, beside its ledger.
    fn standing(&self) -> Result<Vec<Test>, CommandError> {
        let Some(target) = self.database.as_ref().filter(|_| !self.ledger.entries.is_empty())
        else {
            return Ok(Vec::new());
        };
        let drift =
            run::drift_of(target.database.as_path()).map_err(|it| migrations::failure(&it))?;
        let result =
            |is_right: bool| if is_right { TestResult::Passed } else { TestResult::Failed };
        let list: Vec<String> = drift.iter().map(ToString::to_string).collect();
        let broken = self.ledger.broken();
        Ok(vec![
            Test {
                what: "The schema is what the ledger tells, when this was made".to_owned(),
                result: result(list.is_empty()),
                evidence: if list.is_empty() {
                    "nothing differs".to_owned()
                } else {
                    list.join("; ")
                },
            },
            Test {
                what: "The ledger's own chain of hashes".to_owned(),
                result: result(broken.is_none()),
                evidence: broken.map_or_else(|| "it holds".to_owned(), |it| it.to_string()),
            },
        ])
    }

    /// What was taken back in the run, and since.
    fn undone(&self) -> Vec<Undoing> {
        let subject = self.span.intent().or_else(|| self.span.outcome()).map(|it| &it.subject);
        let is_of_ours = |it: &AuditEntry| {
            let is_ours = self.names.iter().any(|name| words(it).any(|word| word == name));
            self.span.kind == "range" || subject == Some(&it.subject) || is_ours
        };
        let is_undoing = |it: &&AuditEntry| match it.action.as_str() {
            "migrate.rollback.outcome" => is_of_ours(it),
            "rollback.outcome" => true,
            _ => false,
        };
        let entries = self.span.entries.iter().chain(&self.span.later).filter(is_undoing);
        let undoing = |it: &AuditEntry| Undoing {
            entry: it.seq,
            at: audit::rfc_3339(it.at),
            actor: it.actor.clone(),
            what: match it.action.as_str() {
                "rollback.outcome" => format!("rollback {}", it.subject),
                _ => format!("migrations of {}", it.subject),
            },
            detail: it.detail.clone(),
        };
        entries.map(undoing).collect()
    }

    fn chain(&mut self, catalog: &Catalog) -> Result<Chain, CommandError> {
        let failed = |it| store::failed(&it);
        let seal = catalog.seal().map_err(failed)?;
        let broken = catalog.verify().map_err(failed)?.err();
        let last = self.span.entries.last().map_or(0, |it| it.seq);
        let kept = super::fitting_seal(self.cx, catalog)?;
        let covers = |it: &catalog::SignedSeal| it.seal.size >= last;
        let fitting = kept.filter(|(it, fits)| fits.is_ok() && covers(it)).map(|it| it.0);
        if fitting.is_none() {
            self.not_run.push(
                "A seal of the audit chain that covers the run: `specwright audit seal` makes one"
                    .to_owned(),
            );
        }
        Ok(Chain {
            id: seal.as_ref().map(|it| catalog::hex(&it.chain)).unwrap_or_default(),
            n_entries: seal.as_ref().map_or(0, |it| it.size),
            head: seal.as_ref().map(|it| catalog::hex(&it.head)).unwrap_or_default(),
            holds: broken.is_none(),
            broken: broken.map(|it| it.to_string()),
            entries: self.span.entries.iter().map(entry).collect(),
            seal: fitting.map(|it| it.to_string()),
        })
    }

    /// Facts alone: a text of a spec or model is never in it.
    fn headline(&self, undone: &[Undoing]) -> String {
        let n = |kind: Kind| {
            let is_done = |it: &&LedgerRow| it.status == Status::Done.word();
            self.rows.iter().filter(is_done).filter(|it| it.kind == kind.word()).count()
        };
        let counted = |n: usize, what: &str| match n {
            1 => format!("1 {what}"),
            n => format!("{n} {what}s"),
        };
        let what = match self.span.kind {
            "migration" => counted(n(Kind::Apply), "migration") + " applied",
            "provision" => format!("Provisioned, {} applied", counted(n(Kind::Apply), "migration")),
            "promotion" if self.rows.is_empty() => "Promoted to a server".to_owned(),
            "promotion" => counted(n(Kind::Apply), "migration") + " promoted to a server",
            "schema" => "A schema plan was applied".to_owned(),
            "rollback" if self.span.name == "rollback" => "Rolled back to a checkpoint".to_owned(),
            "rollback" => counted(n(Kind::Rollback), "migration") + " rolled back",
            _ => match self.span.entries.len() {
                1 => "1 entry of the audit chain".to_owned(),
                n => format!("{n} entries of the audit chain"),
            },
        };
        let is_failed = self.span.outcome().is_some_and(|it| it.detail.starts_with("failed"));
        let last = self.span.entries.last().map_or(0, |it| it.seq);
        let is_later = undone.iter().any(|it| it.entry > last);
        let end = match (self.span.ended, is_failed, is_later) {
            (None, _, _) => "; nobody has told how it ended",
            (_, true, _) => "; it failed",
            (_, _, true) => "; something was rolled back later",
            _ => "",
        };
        let n_overridden = self.span.entries.iter().filter(|it| it.action == "council.override");
        let overridden = match n_overridden.count() {
            0 => "",
            _ => "; the council was overridden",
        };
        format!("{what}{overridden}{end}")
    }
}

/// The database that the run was on, if it lies on this machine.
fn database(
    cx: &CommandCx<'_>,
    span: &Span,
    not_run: &mut Vec<String>,
) -> Result<Option<Target>, CommandError> {
    let own = Target::new(cx, None)?;
    let subject = span.intent().or_else(|| span.outcome()).map(|it| it.subject.clone());
    let target = match (span.kind, subject) {
        ("promotion" | "schema", _) => return Ok(None),
        ("migration" | "rollback", _) if span.entries.iter().any(|it| it.action == SERVER_ROW) => {
            return Ok(None);
        }
        ("migration" | "rollback", Some(subject))
            if span.name != "rollback" && subject != own.subject(cx) =>
        {
            let path = super::super::resolve(store::root(cx)?, &subject)?;
            Target { database: path, backups: own.backups }
        }
        _ => own,
    };
    let is_there = cx.system.exists(&target.database);
    if !is_there {
        not_run.push("The database: its file is not there any more".to_owned());
    }
    Ok(is_there.then_some(target))
}

/// The words of what an entry tells.
fn words(it: &AuditEntry) -> impl Iterator<Item = &str> {
    it.detail.split([',', ' ', ';', '`']).filter(|it| !it.is_empty())
}

fn clipped(text: &str) -> String {
    if text.len() <= TEXT_BYTES_MAX {
        return text.to_owned();
    }
    format!("{}\n…", &text[..text.floor_char_boundary(TEXT_BYTES_MAX)])
}

pub(crate) fn row(it: &LedgerEntry, server: Option<String>) -> LedgerRow {
    LedgerRow {
        seq: it.seq,
        kind: it.kind.word().to_owned(),
        name: it.name.clone(),
        status: it.status.word().to_owned(),
        at: audit::rfc_3339(Timestamp(it.started_at_ms)),
        n_steps: it.n_steps,
        spec_hash: it.spec_hash.clone(),
        schema_before: it.schema_before.clone(),
        schema_after: it.schema_after.clone(),
        hash: it.hash.clone(),
        server,
    }
}

fn entry(it: &AuditEntry) -> Entry {
    Entry {
        seq: it.seq,
        at_ms: it.at.0,
        actor: it.actor.clone(),
        action: it.action.clone(),
        subject: it.subject.clone(),
        detail: it.detail.clone(),
        prev: catalog::hex(&it.prev),
        hash: catalog::hex(&it.hash),
        redacted: false,
    }
}

fn approval(it: &AuditEntry) -> Option<Approval> {
    let act = match it.action.as_str() {
        "council.override" => "overridden",
        "council.acknowledge" => "acknowledged",
        "council.suppress" => "suppressed",
        // An act without an intent is told once it is done.
        "rollback.outcome" => "started",
        action if action.ends_with(".intent") => "started",
        _ => return None,
    };
    Some(Approval {
        entry: it.seq,
        at: audit::rfc_3339(it.at),
        actor: it.actor.clone(),
        act: act.to_owned(),
        subject: it.subject.clone(),
        detail: it.detail.clone(),
    })
}

fn review(stored: &StoredReview, report: ReviewData) -> Review {
    let findings = report.findings.into_iter().map(|it| Finding {
        reviewer: it.reviewer,
        rule: it.rule,
        risk: it.risk,
        evidence: it.evidence,
        object: it.object,
        claim: it.claim,
        suppressed: it.suppressed,
    });
    let reviewers = report.reviewers.into_iter();
    Review {
        change: stored.subject.clone(),
        at: audit::rfc_3339(stored.at),
        verdict: stored.verdict.word().to_owned(),
        reasons: report.reasons,
        findings: findings.collect(),
        reviewers: reviewers
            .map(|it| Reviewer { name: it.name, state: it.status.replace('_', "-"), why: it.why })
            .collect(),
    }
}

fn file(it: &FilePreview) -> ChangedFile {
    ChangedFile {
        path: it.path.to_string(),
        act: it.act.word().to_owned(),
        lines_added: it.lines.map(|it| it.0),
        lines_removed: it.lines.map(|it| it.1),
        note: it.note.map(str::to_owned),
    }
}

type Summaries = BTreeMap<String, Summary>;

/// The databases of the application in a checkpoint.
fn summaries(all: &Checkpoints<'_>, record: &Record) -> Result<Summaries, CommandError> {
    let found = all.databases(record).map_err(|it| checkpoints::failed(&it))?;
    let own = found.into_iter().filter(|(it, _)| it.role == Role::App);
    Ok(own.map(|(it, summary)| (it.path.to_string(), summary)).collect())
}

/// What is different since a checkpoint: what a rollback would do, read backwards.
fn now(
    cx: &CommandCx<'_>,
    all: &Checkpoints<'_>,
    before: &Record,
) -> Result<(String, Vec<ChangedFile>, Vec<ChangedDatabase>), CommandError> {
    let preview = all.preview(&Restore::all(before)).map_err(|it| checkpoints::failed(&it))?;
    let backwards = |it: &FilePreview| {
        let it = file(it);
        let act = match it.act.as_str() {
            "add" => "remove".to_owned(),
            "remove" => "add".to_owned(),
            _ => it.act,
        };
        ChangedFile { act, lines_added: it.lines_removed, lines_removed: it.lines_added, ..it }
    };
    let files = preview.files.iter().map(backwards).collect();
    let (mut then, mut now) = (Summaries::new(), Summaries::new());
    for it in preview.databases.into_iter().filter(|it| it.role == Role::App) {
        then.insert(it.path.to_string(), it.after);
        now.insert(it.path.to_string(), it.before);
    }
    let at = format!("the state of {}", audit::rfc_3339(cx.system.now()));
    Ok((at, files, compared(&then, &now)))
}

/// What differs between the databases of two states, without the runner's own tables.
fn compared(before: &Summaries, after: &Summaries) -> Vec<ChangedDatabase> {
    let empty = Summary::default();
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out = Vec::new();
    for path in paths {
        let (one, other) = (before.get(path).unwrap_or(&empty), after.get(path).unwrap_or(&empty));
        let names: BTreeSet<&String> = one.n_rows.keys().chain(other.n_rows.keys()).collect();
        let tables = names.into_iter().filter(|it| !it.starts_with(OWN)).map(|it| ChangedTable {
            table: it.clone(),
            rows_before: one.n_rows.get(it).copied(),
            rows_after: other.n_rows.get(it).copied(),
        });
        let tables: Vec<_> = tables.filter(|it| it.rows_before != it.rows_after).collect();
        let (old, new) = (statements(one), statements(other));
        let diff = similar::TextDiff::from_lines(&old, &new);
        let schema = diff.unified_diff().header("before", "after").to_string();
        if !tables.is_empty() || !schema.is_empty() {
            out.push(ChangedDatabase { path: path.clone(), tables, schema });
        }
    }
    out
}

fn statements(it: &Summary) -> String {
    it.schema.iter().filter(|it| !it.contains(OWN)).map(|it| format!("{it};\n")).collect()
}

//! The gate that every apply and promote passes: the council is heard, and a person may answer it.

use super::migrations::{Specs, Target};
use super::reviews::{self, FindingData, ReviewData};
use super::{CommandCx, CommandError, ErrorKind, store};
use crate::migrations::touch;
use crate::migrations::{Migration, Migrations};
use catalog::{Catalog, ReviewRecord, Suppression};
use council::models::{self, Brief, Heard, PanelCx, Spent};
use council::{Ground, Part, PartKind, Reviewer, Subject, verdict};
use migrate::language::OperationKind;
use migrate::plan::{Back, Dialect, Plan};
use migrate::policy;
use migrate::run::{Entry, Kind, Ledger};
use migrate::schema::{Access, Table};
use model::{
    CouncilFinding, EvidenceLevel, FindingPlace, RelPath, Review, Risk, Span, SubjectKind,
    Timestamp, Verdict,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use text::line_index::{Encoding, LineIndex};

mod asked;
mod brief;
mod edited;
mod mend;
mod probe;

use edited::Edited;
pub(super) use edited::of_spec;

/// One change on its way to a database.
pub(super) struct Change {
    pub(super) subject: Subject,
    /// The migration spec that it is from; `None` for a plan that was given.
    source: Option<Source>,
    /// The edit of a spec that it is from.
    edited: Option<Arc<Edited>>,
    /// What it does, in the planner's words.
    summary: Vec<String>,
}

/// Where the statements of a change come from.
struct Source {
    /// Below the workspace: `forge/migrations/0002_posts.yaml`.
    path: String,
    text: String,
    file: Arc<Migration>,
    /// Ranges of the change's SQL, each with the operation that asked for it.
    causes: Vec<(Range<usize>, usize)>,
}

/// What a person says to the council; each is typed or confirmed, never assumed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answers<'a> {
    pub(super) override_reason: Option<&'a str>,
    /// Fingerprints of findings, or the digest of a review.
    pub(super) acknowledge: &'a [String],
}

/// What the council says of some changes together.
pub(super) struct Judgement {
    /// `migrate.apply .specwright/dev.db`
    attempt: String,
    /// The same as an error says it: "apply migrations to `.specwright/dev.db`".
    in_words: String,
    reviews: Vec<Review>,
    /// The migrations that these are of; `None` for plans that were given.
    migrations: Vec<Option<String>>,
    suppressions: Vec<Suppression>,
    now: Timestamp,
    /// All of them as one.
    pub(super) data: ReviewData,
}

/// The changes of the migrations `names`, judged as PostgreSQL will hold them: its statements carry
/// the policies.
pub(super) fn changes(
    cx: &CommandCx<'_>,
    specs: &Specs,
    names: &[&str],
    imported_by: &[&str],
) -> Vec<Change> {
    let documents: Vec<spec::Document> = specs
        .placed()
        .map(|(path, text)| spec::Document::new(RelPath::new(&path), text.into()))
        .collect();
    let set = Migrations::read(&documents, &spec::rules::Levels::default(), &Migrations::default());
    let imported = imported_tables(&set, imported_by);
    let wanted = set.files.iter().zip(specs.placed());
    let wanted = wanted.filter(|(file, _)| names.contains(&file.name.as_str()));
    wanted.map(|(file, (path, text))| change(cx, file, &path, text, &imported)).collect()
}

/// The migrations that a database held already when they were first applied to it.
pub(super) fn imported_by(ledger: &Ledger) -> Vec<&str> {
    let is_baseline = |it: &&Entry| it.kind == Kind::Baseline;
    ledger.entries.iter().filter(is_baseline).map(|it| it.name.as_str()).collect()
}

/// Tables that existed before their migration spec did.
fn imported_tables<'a>(set: &'a Migrations, imported_by: &[&str]) -> BTreeSet<&'a str> {
    let is_import = |it: &&Arc<Migration>| {
        imported_by.contains(&it.name.as_str()) || it.name.ends_with("_import")
    };
    let operations = set.files.iter().filter(is_import).flat_map(|it| &it.operations);
    let table = |kind: &'a OperationKind| match kind {
        OperationKind::AddTable(it) => Some(it.name.value.as_str()),
        _ => None,
    };
    operations.filter_map(|it| table(&it.kind)).collect()
}

fn change(
    cx: &CommandCx<'_>,
    file: &Arc<Migration>,
    path: &str,
    text: &str,
    imported: &BTreeSet<&str>,
) -> Change {
    let side = &file.preview().postgres;
    let (mut sql, mut causes, mut summary) = (String::new(), Vec::new(), Vec::new());
    let mut add = |statement: &str, operations: &[usize]| {
        let start = sql.len();
        sql.push_str(statement.trim_end());
        sql.push('\n');
        causes.extend(operations.first().map(|it| (start..sql.len(), *it)));
    };
    match &side.plan {
        Ok(plan) => {
            for (step, operations) in plan.steps.iter().zip(&side.causes) {
                add(&step.sql, operations);
                summary.extend(step.changes.iter().map(ToString::to_string));
            }
        }
        Err(why) => summary.push(format!("cannot be planned for PostgreSQL: {why}")),
    }
    for (index, operation) in file.operations.iter().enumerate() {
        if matches!(operation.kind, OperationKind::Seed(_) | OperationKind::Sql(_)) {
            let it = side.summary(file, index);
            add(&it.sql, &[index]);
            summary.push(it.words);
        }
    }
    let base = policy::script(&file.before, Dialect::Postgres).map(|it| it.sql());
    let down = side.plan.as_ref().ok().and_then(way_back);
    let mut subject =
        Subject::of_migration(Dialect::Postgres, &base.unwrap_or_default(), &sql, down.as_deref());
    subject.is_planned = true;
    let (name, spec_text) = (path.to_owned(), text.to_owned());
    // Not as a spec: that is a text which says what a schema must have.
    subject.parts.push(Part { kind: PartKind::Diff, name, text: spec_text });
    let touched = file.operations.iter().flat_map(|it| touch::tables(&it.kind));
    let touched: BTreeSet<&str> = touched.collect();
    if let Some(text) = asked::asked(cx, &touched) {
        let name = PartKind::Spec.word().to_owned();
        subject.parts.push(Part { kind: PartKind::Spec, name, text });
    }
    let touched: Vec<&str> = touched.into_iter().filter(|it| imported.contains(it)).collect();
    if !touched.is_empty() {
        let text = touched.join("\n");
        let name = PartKind::Imported.word().to_owned();
        subject.parts.push(Part { kind: PartKind::Imported, name, text });
    }
    let (path, text, file) = (path.to_owned(), text.to_owned(), Arc::clone(file));
    Change { subject, source: Some(Source { path, text, file, causes }), edited: None, summary }
}

/// A plan that was given, over the schema that `base` makes.
pub(super) fn of_plan(plan: &Plan, base: &str) -> Change {
    let sql = plan.steps.iter().map(|it| it.sql.as_str()).collect::<Vec<_>>().join("\n");
    let down = way_back(plan);
    let mut subject = Subject::of_migration(plan.dialect, base, &sql, down.as_deref());
    subject.is_planned = true;
    let changes = plan.steps.iter().flat_map(|it| &it.changes);
    let summary = changes.map(ToString::to_string).collect();
    Change { subject, source: None, edited: None, summary }
}

/// What `forge.yaml` declares, over what is in force; `None` where both say the same.
pub(super) fn of_resources(before: &str, after: &str) -> Option<Change> {
    let entries = |text: &str| forge::states::entries(&forge::read(text));
    let is_same = entries(before) == entries(after);
    let subject = Subject::of_resources(before, forge::FILE, after);
    let summary = vec![format!("changes what `{}` declares", forge::FILE)];
    (!is_same).then_some(Change { subject, source: None, edited: None, summary })
}

/// Texts that were given.
pub(super) fn of_subject(subject: Subject) -> Change {
    Change { subject, source: None, edited: None, summary: Vec::new() }
}

/// The statements that undo a plan, last step first; `None` when a step has none.
fn way_back(plan: &Plan) -> Option<String> {
    let mut out = String::new();
    for step in plan.steps.iter().rev() {
        match &step.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => {
                out.push_str(sql);
                out.push('\n');
            }
            Back::NotNeeded => {}
            Back::None { .. } => return None,
        }
    }
    Some(out)
}

/// Hears the council on changes that are to be made to `target`. The catalog keeps what was found
/// where there is one, which an act makes before it asks; where models are asked, one is made here.
pub(super) fn judge(
    cx: &CommandCx<'_>,
    attempt: &str,
    target: &str,
    changes: &[Change],
) -> Result<Judgement, CommandError> {
    hear_all(cx, (attempt, target), changes, Keep::Findings)
}

/// The same for changes whose files are not written yet: what is found in them is not kept, since
/// nobody could look it up there.
pub(super) fn foresee(
    cx: &CommandCx<'_>,
    attempt: &str,
    target: &str,
    changes: &[Change],
) -> Result<ReviewData, CommandError> {
    hear_all(cx, (attempt, target), changes, Keep::Nothing).map(|it| it.data)
}

/// What of a review the catalog keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Findings,
    Nothing,
}

fn hear_all(
    cx: &CommandCx<'_>,
    (attempt, target): (&str, &str),
    changes: &[Change],
    keep: Keep,
) -> Result<Judgement, CommandError> {
    let root = store::root(cx)?;
    let panel = reviews::panel(cx);
    let mut catalog = match &panel {
        Some(_) => Some(store::acting(cx)?),
        None => store::open(cx.system, root).map_err(|it| store::refused(&it))?,
    };
    let suppressions = match &catalog {
        Some(it) => it.suppressions().map_err(|it| store::failed(&it))?,
        None => Vec::new(),
    };
    let now = cx.system.now();
    let (mut reviews, mut spent) = (Vec::new(), panel.as_ref().map(|_| Spent::default()));
    for change in changes {
        let mut review = deterministic(cx, change, None);
        if let (Some(panel), Some(catalog)) = (&panel, &mut catalog) {
            let heard = hear(cx, panel, change, &review, catalog)?;
            if let Some(spent) = &mut spent {
                spent.tokens += heard.spent.tokens;
                spent.micros += heard.spent.micros;
            }
            verdict::join(&mut review, heard, &panel.version());
        }
        believe_spec(change, &mut review);
        place_in_spec(change, &mut review);
        verdict::suppress(&mut review, &suppressions, now);
        if let Some(catalog) = catalog.as_mut().filter(|_| keep == Keep::Findings) {
            let data = reviews::data(&review, &suppressions, now, None);
            record(catalog, attempt, target, change, &review, &data)?;
        }
        reviews.push(review);
    }
    let data = reviews::data(&together(&reviews), &suppressions, now, spent);
    let is_of_resources = |it: &Change| it.subject.kind == SubjectKind::ResourceChange;
    let verb = match attempt {
        _ if !changes.is_empty() && changes.iter().all(is_of_resources) => "provision",
        "migrate.apply" => "apply migrations to",
        "schema.promote" => "promote migrations to",
        _ => "apply a plan to",
    };
    let (attempt, in_words) = (format!("{attempt} {target}"), format!("{verb} `{target}`"));
    let names = changes.iter().map(|it| it.source.as_ref().map(|it| it.file.name.clone()));
    let migrations = names.collect();
    Ok(Judgement { attempt, in_words, reviews, migrations, suppressions, now, data })
}

fn deterministic(cx: &CommandCx<'_>, change: &Change, ground: Option<&Ground<'_>>) -> Review {
    let panel = council::deterministic_on(ground);
    let all: Vec<&dyn Reviewer> = panel.iter().map(|it| &**it).collect();
    council::review(&change.subject, &all, cx.system)
}

fn hear(
    cx: &CommandCx<'_>,
    panel: &models::Panel,
    change: &Change,
    review: &Review,
    catalog: &mut Catalog,
) -> Result<Heard, CommandError> {
    let budget = reviews::budget(cx, catalog)?;
    let brief = change.brief(cx, review);
    let prober = |probe, object: &str| probe::answer(change, review, probe, object);
    let mut cx = PanelCx { system: cx.system, catalog: Some(catalog) };
    Ok(panel.hear(&brief, &prober, &budget, &mut cx))
}

impl Change {
    /// What models are told of it.
    pub(super) fn brief(&self, cx: &CommandCx<'_>, review: &Review) -> Brief {
        brief::brief(self, cx, review)
    }

    /// The review by the deterministic reviewers alone, with a server to try it on if there is one.
    pub(super) fn review(&self, cx: &CommandCx<'_>, ground: Option<&Ground<'_>>) -> Review {
        let mut review = deterministic(cx, self, ground);
        believe_spec(self, &mut review);
        place_in_spec(self, &mut review);
        if let Some(edited) = &self.edited {
            edited.settle(&mut review);
        }
        (review.verdict, review.reasons) = verdict::verdict(&review.findings, &review.runs);
        review
    }
}

/// `rls: public` and `rls: deny` are said in so many words, and no table is without a word: that a
/// table which was never guarded has no row security, or that nobody sees its rows, is then what was
/// asked for, and only told.
fn believe_spec(change: &Change, review: &mut Review) {
    let Some(source) = &change.source else { return };
    let (before, after) = (&source.file.before, &source.file.after);
    for finding in &mut review.findings {
        let (said, word) = match finding.rule.as_str() {
            "missing-row-security" => (Access::Public, "public"),
            "row-security-without-policy" => (Access::Deny, "deny"),
            _ => continue,
        };
        let says_so = |table: &Table| table.access == said;
        let is_meant = after.table(&finding.object).is_some_and(says_so)
            && before.table(&finding.object).is_none_or(says_so);
        if is_meant {
            finding.risk = Risk::Low;
            finding.trigger = format!("the migration spec says `rls: {word}`");
            finding.fix = None;
        }
    }
}

/// Moves findings from the statements to the operations of the migration spec that asked for them.
fn place_in_spec(change: &Change, review: &mut Review) {
    let Some(source) = &change.source else { return };
    let migration = change.subject.part(PartKind::Migration).map_or("", |it| it.name.as_str());
    for finding in &mut review.findings {
        let Some(place) = &finding.place else {
            // What has no place is about the whole file.
            finding.place = Some(place_of(&source.path, &source.text, Span::at(0)));
            continue;
        };
        if place.part != source.path {
            let at = place.span.start as usize;
            let is_cause =
                |it: &&(Range<usize>, usize)| place.part == migration && it.0.contains(&at);
            let cause = source.causes.iter().find(is_cause);
            let operation = cause.and_then(|(_, index)| source.file.operations.get(*index));
            let mended = operation.and_then(|it| mend::mend(source, it, finding));
            // A fix for the statements is none for the spec.
            if let Some(fix) = &mut finding.fix {
                fix.replaces_place = false;
            }
            let span = match (mended, operation) {
                (Some((span, fix)), _) => {
                    finding.fix = Some(fix);
                    span
                }
                (None, Some(operation)) => operation.origin.span,
                // What is in no statement is about the whole file.
                (None, None) => Span::at(0),
            };
            finding.place = Some(place_of(&source.path, &source.text, span));
        }
    }
}

fn place_of(path: &str, text: &str, span: Span) -> FindingPlace {
    let line = LineIndex::new(text).position(span.start as usize, Encoding::Utf8).line + 1;
    FindingPlace { part: path.to_owned(), span, line }
}

/// Several reviews as one: the gravest verdict, all findings.
pub(super) fn together(reviews: &[Review]) -> Review {
    if let [review] = reviews {
        return review.clone();
    }
    let hash = |of: fn(&Review) -> &str| {
        let all: Vec<&str> = reviews.iter().map(of).collect();
        blake3_of(&all)
    };
    let mut findings: Vec<CouncilFinding> =
        reviews.iter().flat_map(|it| it.findings.iter().cloned()).collect();
    findings.sort_by_key(|it| std::cmp::Reverse(it.risk));
    Review {
        subject_hash: hash(|it| &it.subject_hash),
        base_hash: hash(|it| &it.base_hash),
        policy_version: reviews.first().map_or_else(String::new, |it| it.policy_version.clone()),
        verdict: reviews.iter().map(|it| it.verdict).max().unwrap_or(Verdict::Pass),
        reasons: reviews.iter().flat_map(|it| it.reasons.iter().cloned()).collect(),
        findings,
        runs: reviews.iter().flat_map(|it| it.runs.iter().cloned()).collect(),
        reachability: reviews.iter().flat_map(|it| it.reachability.iter().cloned()).collect(),
    }
}

fn blake3_of(texts: &[&str]) -> String {
    let joined = texts.join("\0");
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(joined.as_bytes()))
}

/// How far back a review of the same is looked for.
const LATEST_MAX: u32 = 100;

/// Keeps a review, unless the latest of the same file by the same rules says the same of the same.
fn record(
    catalog: &mut Catalog,
    attempt: &str,
    target: &str,
    change: &Change,
    review: &Review,
    data: &ReviewData,
) -> Result<(), CommandError> {
    let declares = change.subject.part(PartKind::Resources).map_or("", |it| &it.name);
    let part = change.source.as_ref().map_or(declares, |it| &it.path);
    let subject = match part {
        "" => format!("{attempt} {target}"),
        part => format!("{attempt} {target}: {part}"),
    };
    let latest = catalog.reviews(LATEST_MAX).map_err(|it| store::failed(&it))?;
    let latest = latest.into_iter().find(|it| it.subject == subject);
    let latest = latest.filter(|it| it.policy_version == review.policy_version);
    let latest = latest.and_then(|it| serde_json::from_str::<ReviewData>(&it.report).ok());
    if latest.is_some_and(|it| it.digest == data.digest && it.reasons == data.reasons) {
        return Ok(());
    }
    let report = serde_json::to_string(data).expect("keys are strings");
    let given = change.subject.part(PartKind::Migration).map_or("", |it| &it.name);
    let parts = [if part.is_empty() { given.to_owned() } else { part.to_owned() }];
    // What was looked into and is wrong is in the report, and is no finding to follow.
    let findings = review.findings.iter().filter(|it| it.evidence > EvidenceLevel::Rejected);
    let findings: Vec<CouncilFinding> = findings.cloned().collect();
    let recorded = catalog.record_review(&ReviewRecord {
        subject: &subject,
        subject_hash: &review.subject_hash,
        base_hash: &review.base_hash,
        policy_version: &review.policy_version,
        verdict: review.verdict,
        report: &text::secrets::redact(&report),
        parts: &parts,
        findings: &findings,
    });
    recorded.map(drop).map_err(|it| store::failed(&it))
}

impl Judgement {
    /// The migrations that are blocked, each with why, in words that hold no text of a model.
    pub(super) fn blocked(&self) -> Vec<(String, String)> {
        let is_ours = |it: &CouncilFinding| !it.reviewer.contains('/');
        let blocks =
            |it: &CouncilFinding| verdict::asks(it, &self.suppressions, self.now) == Verdict::Block;
        let pairs = self.reviews.iter().zip(&self.migrations);
        let blocked = pairs.filter_map(|(review, name)| {
            let worst = review.findings.iter().find(|it| blocks(it))?;
            let why = match is_ours(worst) {
                true => format!("the council says: {}", worst.claim),
                false => format!("the council finds {}", worst.rule),
            };
            Some((name.clone()?, why))
        });
        blocked.collect()
    }

    /// Lets the changes by, or says why not. An override and an acknowledgement are in the audit log
    /// before anything is changed.
    ///
    /// # Errors
    /// [`ErrorKind::User`]: the findings, and how to go on.
    pub(super) fn admit(
        self,
        cx: &CommandCx<'_>,
        answers: Answers<'_>,
    ) -> Result<ReviewData, CommandError> {
        let stopped: Vec<&Review> =
            self.reviews.iter().filter(|it| it.verdict != Verdict::Pass).collect();
        if stopped.is_empty() {
            return Ok(self.data);
        }
        let override_reason =
            answers.override_reason.map(|text| reviews::reason(text, "override the council"));
        let override_reason = override_reason.transpose()?;
        let root = store::root(cx)?;
        let known = store::open(cx.system, root).map_err(|it| store::refused(&it))?;
        if known.is_none() && override_reason.is_none() && answers.acknowledge.is_empty() {
            return Err(self.refusal());
        }
        let mut catalog = store::acting(cx)?;
        for review in stopped {
            let hashes = (review.subject_hash.as_str(), review.base_hash.as_str());
            let is_known =
                catalog.override_of(hashes.0, hashes.1).map_err(|it| store::failed(&it))?;
            let told = match (&override_reason, is_known) {
                (Some(reason), _) => {
                    catalog.override_review(&self.attempt, hashes, review.verdict, reason)
                }
                (None, Some(_)) => Ok(()),
                (None, None) if self.is_acknowledged(review, answers) => {
                    let detail = format!("{} over {}", hashes.0, hashes.1);
                    catalog.tell("council.acknowledge", &self.attempt, &detail).map(drop)
                }
                (None, None) => return Err(self.refusal()),
            };
            told.map_err(|it| store::failed(&it))?;
        }
        Ok(self.data)
    }

    /// Whether a person has said to each finding that asks, or to all of the review, that it is
    /// meant. Neither says anything to a finding that blocks.
    fn is_acknowledged(&self, review: &Review, answers: Answers<'_>) -> bool {
        let says = |word: &str| answers.acknowledge.iter().any(|it| it == word);
        let is_asking = |it: &&CouncilFinding| {
            verdict::asks(it, &self.suppressions, self.now) == Verdict::NeedsAcknowledgement
        };
        let mut asking = review.findings.iter().filter(is_asking);
        review.verdict == Verdict::NeedsAcknowledgement
            && (says(&self.data.digest)
                || says(&reviews::digest(review))
                || asking.all(|it| says(&it.fingerprint)))
    }

    /// The findings that stop it, and what to do.
    fn refusal(&self) -> CommandError {
        let worst = self.reviews.iter().map(|it| it.verdict).max().unwrap_or(Verdict::Block);
        let digest = &self.data.digest;
        let (word, hint) = match worst {
            Verdict::Block => (
                "the council blocks it",
                "correct what is found, or let it by with `--override \"REASON\"`; nothing was changed"
                    .to_owned(),
            ),
            Verdict::Inconclusive => (
                "the council came to no verdict",
                "run it again, or let it by with `--override \"REASON\"`; nothing was changed".to_owned(),
            ),
            Verdict::NeedsAcknowledgement | Verdict::Pass => (
                "the council asks whether this is meant",
                format!("if it is, add `--acknowledge {digest}`; nothing was changed"),
            ),
        };
        let mut message = format!("{}: {word}", self.in_words);
        for it in &self.data.findings {
            if !it.asks.is_empty() {
                let _ = write!(message, "\n  {}", line(it));
            }
        }
        for it in self.data.reviewers.iter().filter(|it| it.status == "failed") {
            let why = it.why.as_deref().unwrap_or("no answer");
            let _ = write!(message, "\n  `{}` gave no answer: {why}", it.name);
        }
        CommandError::new(ErrorKind::User, message).hint(hint)
    }
}

/// What the latest reviews found in the migrations that wait, where neither these nor the schema that
/// they start from have changed since.
///
/// # Errors
/// When specs, ledger or catalog cannot be read.
pub fn standing(cx: &CommandCx<'_>) -> Result<Vec<FindingData>, CommandError> {
    let found = store::open(cx.system, store::root(cx)?).map_err(|it| store::refused(&it))?;
    let Some(catalog) = found else { return Ok(Vec::new()) };
    let stored = catalog.reviews(LATEST_MAX).map_err(|it| store::failed(&it))?;
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let suppressions = catalog.suppressions().map_err(|it| store::failed(&it))?;
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, None)?);
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    let mut out: Vec<FindingData> = Vec::new();
    for change in changes(cx, &specs, &names, &imported_by(&ledger)) {
        let hashes = (change.subject.hash(), change.subject.base_hash());
        let review = stored
            .iter()
            .find(|it| (it.subject_hash.as_str(), it.base_hash.as_str()) == (&hashes.0, &hashes.1));
        // A report that another version wrote may have another form.
        let report = review.and_then(|it| serde_json::from_str::<ReviewData>(&it.report).ok());
        out.extend(report.into_iter().flat_map(|it| it.findings));
    }
    let now = cx.system.now();
    for it in &mut out {
        let risk = Risk::from_word(&it.risk).unwrap_or(Risk::Critical);
        it.suppressed = suppressions
            .iter()
            .any(|own| own.fingerprint == it.fingerprint && own.holds(risk, now));
    }
    Ok(out)
}

/// `forge/migrations/0002.yaml:3: high: … [lint/drop-column, ab12…]`
pub(super) fn line(it: &FindingData) -> String {
    let place = Some(it.place()).filter(|it| !it.is_empty());
    let place = place.map(|it| format!("{it}: ")).unwrap_or_default();
    let mut out = format!(
        "{place}{}: {} [{}/{}, {}]",
        it.risk, it.claim, it.reviewer, it.rule, it.fingerprint
    );
    if let Some(fix) = &it.fix {
        let text = fix.text.lines().next().unwrap_or_default();
        let _ = write!(out, "\n    fix: {}", fix.title);
        if !text.is_empty() {
            let _ = write!(out, ": {text}");
        }
    }
    out
}

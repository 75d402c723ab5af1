//! An edit of a spec as a change: what it asks for now, of a backend that stands as its text before
//! asked.
//!
//! Both texts are provisioned in thought, and the difference is judged by the rules for migrations
//! and for declared resources. Nothing is ever dropped or rewritten because a spec says so, so that
//! what an edit may cost clients, data and uptime is asked about at most; what it opens may block.

use super::{Change, of_plan, of_resources, place_of};
use crate::commands::{CommandError, provisioning};
use council::PartKind;
use forge::provision::{Input, Scope, propose};
use migrate::plan::{Dialect, Plan, Renames};
use migrate::policy::{self, PolicyError};
use migrate::postgres::described::{describe, plan_described};
use migrate::schema::{Access, Schema};
use model::{
    Class, CouncilFinding, Detection, DocumentId, Evidence, FindingPlace, Need, RelPath, Review,
    ReviewerRun, ReviewerStatus, Risk, Span, Stake, SubjectKind, Table,
};
use similar::{DiffTag, TextDiff};
use spec::{Analyzer, Document};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use text::secrets::redact;

/// Both texts of a spec, and what each asks for.
pub(super) struct Edited {
    before: Asked,
    after: Asked,
    /// Why what the edit asks for cannot be planned.
    refusal: Option<String>,
}

/// One text of a spec, and what it asks for.
struct Asked {
    documents: Vec<Document>,
    detection: Detection,
    schema: Schema,
    resources: String,
}

/// What an edit of a spec, from the documents `before` to those `after`, asks of tables and of
/// resources.
///
/// # Errors
/// When what one of them asks for cannot be declared at all.
pub(in super::super) fn of_spec(
    before: Vec<Document>,
    after: Vec<Document>,
) -> Result<Vec<Change>, CommandError> {
    let (before, after) = (Asked::by(before)?, Asked::by(after)?);
    let base = policy::script(&before.schema, Dialect::Postgres).map(|it| it.sql());
    let (plan, refusal) = match plan(&before.schema, &after.schema) {
        Ok(plan) => (plan, None),
        Err(why) => (Plan { dialect: Dialect::Postgres, steps: Vec::new() }, Some(why)),
    };
    let mut of_tables = of_plan(&plan, &base.unwrap_or_default());
    of_tables.subject.kind = SubjectKind::SpecEdit;
    of_tables.subject.parts.retain(|it| it.kind != PartKind::Down);
    let mut changes = vec![of_tables];
    changes.extend(of_resources(&before.resources, &after.resources));
    let edited = Arc::new(Edited { before, after, refusal });
    for change in &mut changes {
        change.edited = Some(Arc::clone(&edited));
    }
    Ok(changes)
}

/// The steps from one schema to the other.
///
/// # Errors
/// Why there are none.
fn plan(from: &Schema, to: &Schema) -> Result<Plan, String> {
    let described = |schema| {
        let errors = |it: Vec<PolicyError>| it.iter().map(ToString::to_string).collect::<Vec<_>>();
        describe(schema).map_err(|it| errors(it).join("; "))
    };
    plan_described(&described(from)?, &described(to)?, &Renames::default())
        .map_err(|it| it.to_string())
}

impl Asked {
    fn by(documents: Vec<Document>) -> Result<Self, CommandError> {
        let analysis = Analyzer::new(Default::default()).analyze(&documents);
        // What the text leaves open lets nobody in, in both texts.
        let answers = BTreeMap::from([("access".to_owned(), "deny".to_owned())]);
        let proposed = propose(&Input {
            documents: &documents,
            analysis: &analysis,
            scope: &Scope::All,
            schema: &Schema::default(),
            resources: None,
            migrations: &[],
            answers: &answers,
        });
        let proposal = proposed.map_err(|it| {
            CommandError::user(format!("review the edit: {it}"))
                .hint("`specwright provision --dry-run` tells what the spec as it is comes to")
        })?;
        let schema = proposal.migration.map_or_else(Schema::default, |(name, text)| {
            provisioning::after(&Schema::default(), &name, &text)
        });
        let resources = proposal.resources.unwrap_or_default();
        Ok(Self { documents, detection: analysis.detection, schema, resources })
    }

    /// Where the text asks for `object`: `users.email`, `storage/avatars`; of a table for anything
    /// of it.
    fn place(&self, object: &str) -> Option<(DocumentId, Span)> {
        let is_it = |it: &&Need| {
            let (kind, name) = object.split_once('/').unwrap_or((it.kind.word(), object));
            (kind, name) == (it.kind.word(), it.name.as_str())
        };
        match self.detection.needs.iter().find(is_it) {
            Some(need) => surest(&need.evidence),
            None => self.column(object).or_else(|| surest(&self.table(object)?.evidence)),
        }
    }

    fn column(&self, object: &str) -> Option<(DocumentId, Span)> {
        let names = names(object);
        let columns = &self.table(object)?.columns;
        let column = columns.iter().find(|it| names[1..].contains(&it.name.as_str()))?;
        Some((column.document, column.span))
    }

    fn table(&self, object: &str) -> Option<&Table> {
        let names = names(object);
        self.detection.tables.iter().find(|it| names.contains(&it.name.as_str()))
    }

    fn finding_place(&self, (document, span): (DocumentId, Span)) -> Option<FindingPlace> {
        let document = self.documents.get(document.0 as usize)?;
        let path = document.path.as_ref().map_or("spec", RelPath::as_str);
        Some(place_of(path, &document.text, span))
    }

    /// The line that holds a place, without secrets.
    fn line(&self, (document, span): (DocumentId, Span)) -> Option<String> {
        let document = self.documents.get(document.0 as usize)?;
        let line = document.lines.line_span(document.lines.line(span.range().start))?;
        Some(redact(document.text.get(line)?.trim()))
    }
}

/// The names in `users.email` and in `policy users_delete on users`.
fn names(object: &str) -> Vec<&str> {
    object.split(['.', ' ', '(']).collect()
}

fn surest(evidence: &[Evidence]) -> Option<(DocumentId, Span)> {
    let best = evidence.iter().max_by_key(|it| (it.confidence, Reverse(it.span)))?;
    Some((best.document, best.span))
}

impl Edited {
    /// Says what was found of the spec and not of what it comes to, and no worse than an edit is.
    pub(super) fn settle(&self, review: &mut Review) {
        review.findings.retain(|it| self.is_of_edit(it));
        for finding in &mut review.findings {
            let opens = matches!(finding.class, Class::Security | Class::Secrets)
                && finding.rule != "dropped-policy";
            if !opens && finding.risk.blocks() {
                finding.risk = Risk::Medium;
                let stake =
                    if finding.class == Class::DataLoss { Stake::Data } else { Stake::Service };
                finding.stake.get_or_insert(stake);
                finding.trigger = "what is declared is made to follow the spec".to_owned();
            }
            finding.fix = None;
            let (place, words) = self.locate(finding).unwrap_or_else(|| self.top());
            (finding.place, finding.quote) = (Some(place), words);
        }
        let mut known = BTreeSet::new();
        review.findings.retain(|it| known.insert((it.rule.clone(), it.claim.clone())));
        review.findings.sort_by_key(|it| Reverse(it.risk));
        if let Some(why) = &self.refusal {
            let why = format!("what the edit asks for cannot be planned: {why}");
            let (reviewer, status) = ("plan".to_owned(), ReviewerStatus::Failed(why));
            review.runs.push(ReviewerRun { reviewer, status, ms: 0 });
        }
    }

    /// How a change is made, what it waits for and how it is undone is said of a migration; and that
    /// nobody is let in is what stands for an open question.
    fn is_of_edit(&self, finding: &CouncilFinding) -> bool {
        let is_denied = |schema: &Schema| {
            schema.table(&finding.object).is_some_and(|it| it.access == Access::Deny)
        };
        match finding.rule.as_str() {
            "row-security-without-policy" => !is_denied(&self.after.schema),
            _ => finding.class != Class::Availability || finding.reviewer == "resources",
        }
    }

    /// Where the spec asks for what a finding is about, or where it did, and its words.
    fn locate(&self, finding: &CouncilFinding) -> Option<(FindingPlace, String)> {
        // A claim names the thing where the object is what holds it.
        let names = || finding.claim.split('`').skip(1).step_by(2);
        let find = |asked: &Asked| {
            let by_object = asked.place(&finding.object);
            by_object.or_else(|| names().find_map(|it| asked.place(it)))
        };
        let is_gone = self.after.column(&finding.object).is_none()
            && self.before.column(&finding.object).is_some();
        let (place, words) = match find(&self.after).filter(|_| !is_gone) {
            Some(place) => (place, self.after.line(place)?),
            None => {
                let place = find(&self.before)?;
                (self.now(place)?, self.before.line(place)?)
            }
        };
        Some((self.after.finding_place(place)?, words))
    }

    /// The start of the spec, for what no line says.
    fn top(&self) -> (FindingPlace, String) {
        let place = self.after.finding_place((DocumentId(0), Span::at(0)));
        (place.expect("a spec has a document"), String::new())
    }

    /// Where the line stands now that held a place of the text before, or what follows it where it
    /// is gone.
    fn now(&self, (document, span): (DocumentId, Span)) -> Option<(DocumentId, Span)> {
        let index = document.0 as usize;
        let (was, is) = (self.before.documents.get(index)?, self.after.documents.get(index)?);
        let line = was.lines.line(span.range().start) as usize;
        let diff = TextDiff::from_lines(&*was.text, &*is.text);
        let op = diff.ops().iter().find(|it| it.old_range().contains(&line))?;
        let moved = match op.tag() {
            DiffTag::Equal => op.new_range().start + (line - op.old_range().start),
            _ => op.new_range().start,
        };
        let start =
            is.lines.line_span(u32::try_from(moved).ok()?).map_or(is.text.len(), |it| it.start);
        Some((document, Span::at(start)))
    }
}

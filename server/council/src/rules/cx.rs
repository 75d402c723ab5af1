//! What rules look at, and where they say what they found.

use super::Rule;
use crate::change::{Change, Step, Unreadable};
use crate::resources::Resources;
use crate::schema::Schema;
use crate::sql::{RawStatement, Token, TokenKind, line_of};
use crate::trial::postgres::Ground;
use crate::trial::{Kind, Trial};
use crate::{PartKind, Subject};
use migrate::plan::Dialect;
use model::{
    CouncilFinding, EvidenceLevel, FindingFix, FindingPlace, Risk, Span, Stake, SubjectKind,
};
use std::sync::OnceLock;

/// A subject that is read as far as its rules ask.
pub(crate) struct Cx {
    pub(crate) subject: Subject,
    pub(crate) change: Change,
    /// Of a change of declared resources; it has no statements then.
    pub(crate) resources: Option<Resources>,
    trial: OnceLock<Result<Trial, String>>,
    rough: OnceLock<Result<Trial, String>>,
    back: OnceLock<Result<Box<Cx>, String>>,
}

impl Cx {
    /// # Errors
    /// The first place that is not in the subject's dialect, or no YAML.
    pub(crate) fn new(subject: &Subject) -> Result<Self, Unreadable> {
        if subject.kind == SubjectKind::ResourceChange {
            let none = Subject::of_migration(subject.dialect, "", "", None);
            let mut cx = Self::of(subject, Change::of(&none)?);
            cx.resources = Some(Resources::of(subject)?);
            return Ok(cx);
        }
        Ok(Self::of(subject, Change::of(subject)?))
    }

    fn of(subject: &Subject, change: Change) -> Self {
        let subject = subject.clone();
        Self {
            subject,
            change,
            resources: None,
            trial: OnceLock::new(),
            rough: OnceLock::new(),
            back: OnceLock::new(),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.change.dialect == Dialect::Postgres
    }

    /// Runs the change on a server, in the place of a run in memory.
    pub(crate) fn try_on(&self, ground: &Ground<'_>) {
        let trial = ground.run(&self.subject, &self.change);
        assert!(self.trial.set(trial).is_ok(), "it is tried before a rule asks");
    }

    /// What happened when the change was run.
    ///
    /// # Errors
    /// Why it was not.
    pub(crate) fn trial(&self) -> Result<&Trial, &str> {
        let run = || Trial::run(&self.subject, &self.change, Kind::Plain);
        self.trial.get_or_init(run).as_ref().map_err(String::as_str)
    }

    /// What happened when it was run on rows that are as bad as the schema lets them be; `None`
    /// unless it went well on good ones.
    pub(crate) fn rough_trial(&self) -> Option<&Trial> {
        self.trial().ok().filter(|it| it.after.is_ok())?;
        let run = || Trial::run(&self.subject, &self.change, Kind::Rough);
        self.rough.get_or_init(run).as_ref().ok()
    }

    /// The schema that the way back leaves.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn back(&self) -> Result<&Schema, &str> {
        self.way_back().map(|it| &it.change.after)
    }

    /// The way back as a change of its own; see [`Change::back`].
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn way_back(&self) -> Result<&Self, &str> {
        let back = self.back.get_or_init(|| {
            if self.subject.text(PartKind::Down).trim().is_empty() {
                return Err("there is no way back".to_owned());
            }
            let change = self.change.back(&self.subject);
            let change = change.map_err(|Unreadable { error, .. }| {
                format!("line {} of the way back cannot be read: {}", error.line, error.message)
            })?;
            Ok(Box::new(Self::of(&self.subject, change)))
        });
        back.as_deref().map_err(String::as_str)
    }
}

/// Where a rule says what it found.
pub(crate) struct Sink<'a> {
    rule: &'static Rule,
    cx: &'a Cx,
    out: &'a mut Vec<CouncilFinding>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(rule: &'static Rule, cx: &'a Cx, out: &'a mut Vec<CouncilFinding>) -> Self {
        Self { rule, cx, out }
    }

    /// A finding about one step.
    pub(crate) fn report(
        &mut self,
        step: &Step,
        object: &str,
        risk: Risk,
        claim: impl Into<String>,
    ) -> Report<'_> {
        self.at(Some(&step.raw), object, risk, claim)
    }

    /// A finding about the change as a whole, or about what made `object` what it is.
    pub(crate) fn whole(
        &mut self,
        object: &str,
        risk: Risk,
        claim: impl Into<String>,
    ) -> Report<'_> {
        let bare = object.rsplit(['.', ' ']).next().unwrap_or(object);
        let bare = bare.split('(').next().unwrap_or(bare);
        let names = |it: &&Step| it.raw.tokens.iter().any(|it| it.text == bare);
        let steps = &self.cx.change.steps;
        let raw = steps.iter().rev().find(names).map(|it| &it.raw);
        self.at(raw, object, risk, claim)
    }

    fn at(
        &mut self,
        raw: Option<&RawStatement>,
        object: &str,
        risk: Risk,
        claim: impl Into<String>,
    ) -> Report<'_> {
        let change = &self.cx.change;
        let place = raw.map(|it| FindingPlace {
            part: change.part.clone(),
            span: it.span,
            line: line_of(&change.text, it.span.start as usize),
        });
        let quote = raw.map(|it| quote(&change.text, it)).unwrap_or_default();
        let anchor = raw.map(anchor).unwrap_or_default();
        self.push(object, risk, claim.into(), place, quote, &anchor)
    }

    /// What another rule found in another text of the subject, as a finding of this one.
    pub(crate) fn adopt(&mut self, finding: &CouncilFinding, claim: String) -> Report<'_> {
        let (place, quote) = (finding.place.clone(), finding.quote.clone());
        let anchor = finding.fingerprint.clone();
        let adopted = self.push(&finding.object, finding.risk, claim, place, quote, &anchor);
        adopted.finding.stake = finding.stake;
        adopted
    }

    /// A finding about a declared resource, by the keys that lead to it.
    pub(crate) fn entry(
        &mut self,
        path: &[&str],
        risk: Risk,
        claim: impl Into<String>,
    ) -> Report<'_> {
        let object = path[..path.len().min(2)].join("/");
        let (mut place, mut quote) = (None, String::new());
        if let Some(resources) = &self.cx.resources {
            let span = resources.place(path);
            let line = line_of(&resources.text, span.start as usize);
            place = Some(FindingPlace { part: resources.part.clone(), span, line });
            quote = cut(&resources.text, span);
        }
        let anchor = path.join("/");
        self.push(&object, risk, claim.into(), place, quote, &anchor)
    }

    /// A finding in another text than the migration; `quote` is what may be shown of it.
    pub(crate) fn in_part(
        &mut self,
        part: &str,
        text: &str,
        span: Span,
        quote: String,
        risk: Risk,
        claim: String,
    ) -> Report<'_> {
        let line = line_of(text, span.start as usize);
        let place = Some(FindingPlace { part: part.to_owned(), span, line });
        let anchor = quote.clone();
        self.push(part, risk, claim, place, quote, &anchor)
    }

    fn push(
        &mut self,
        object: &str,
        risk: Risk,
        claim: String,
        place: Option<FindingPlace>,
        quote: String,
        anchor: &str,
    ) -> Report<'_> {
        let base = fingerprint(self.rule.name, object, anchor, 0);
        let n_same = self
            .out
            .iter()
            .filter(|it| it.rule == self.rule.name && it.object == object && it.quote == quote);
        let n_same = n_same.count();
        let fingerprint =
            if n_same == 0 { base } else { fingerprint(self.rule.name, object, anchor, n_same) };
        self.out.push(CouncilFinding {
            reviewer: self.rule.group.word().to_owned(),
            rule: self.rule.name.to_owned(),
            class: self.rule.class,
            risk,
            stake: None,
            object: object.to_owned(),
            evidence: EvidenceLevel::Verified,
            quote,
            place,
            claim,
            trigger: String::new(),
            fix: None,
            fingerprint,
        });
        Report { finding: self.out.last_mut().expect("it was just pushed") }
    }
}

/// A finding that can be told more of.
pub(crate) struct Report<'a> {
    finding: &'a mut CouncilFinding,
}

impl Report<'_> {
    pub(crate) fn stake(self, stake: Stake) -> Self {
        self.finding.stake = Some(stake);
        self
    }

    /// It was seen to happen.
    pub(crate) fn proved(self) -> Self {
        self.finding.evidence = EvidenceLevel::Proved;
        self
    }

    pub(crate) fn trigger(self, trigger: impl Into<String>) -> Self {
        self.finding.trigger = trigger.into();
        self
    }

    pub(crate) fn fix(self, title: &str, text: impl Into<String>) -> Self {
        let (title, text) = (title.to_owned(), text.into());
        self.finding.fix = Some(FindingFix { title, text, replaces_place: false });
        self
    }

    /// Like [`Report::fix`]; the text takes the place of the statement.
    pub(crate) fn replace(self, title: &str, text: impl Into<String>) -> Self {
        let (title, text) = (title.to_owned(), text.into());
        self.finding.fix = Some(FindingFix { title, text, replaces_place: true });
        self
    }
}

/// The longest quote, in bytes.
const QUOTE_BYTES_MAX: usize = 400;

/// A statement as it stands there; longer ones are cut, and credentials in it are masked.
fn quote(text: &str, raw: &RawStatement) -> String {
    cut(text, raw.span)
}

fn cut(text: &str, span: Span) -> String {
    let whole = text.get(span.range()).unwrap_or_default();
    let mut end = whole.len().min(QUOTE_BYTES_MAX);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    crate::secrets::mask(&whole[..end])
}

/// A statement without its literals, so that a finding is the same in a moved or edited one.
fn anchor(raw: &RawStatement) -> String {
    let word = |it: &Token| match it.kind {
        TokenKind::Text | TokenKind::Number => "?".to_owned(),
        _ => it.text.clone(),
    };
    raw.tokens.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Line-free: the rule or category, its object, the words around it, and which of several equal ones.
pub(crate) fn fingerprint(rule: &str, object: &str, anchor: &str, ordinal: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in ["specwright finding 1", rule, object, anchor, &ordinal.to_string()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

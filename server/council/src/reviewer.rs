//! What a reviewer is, and the panel that is always asked.

use crate::change::Unreadable;
use crate::rules::cx::{Cx, Sink};
use crate::rules::{Group, RULES};
use crate::trial::postgres::Ground;
use crate::{PartKind, Subject, reach};
use model::{CouncilFinding, Reach, ReviewerStatus, SubjectKind};
use std::sync::{Arc, Mutex, PoisonError};

/// Looks at a change; reviewers do not see each other.
pub trait Reviewer: Sync {
    /// Kebab-case, unique within a panel.
    fn name(&self) -> &str;
    /// Whether it has anything to say of such subjects; else it is not asked.
    fn judges(&self, _kind: SubjectKind) -> bool {
        true
    }
    /// Answers from the subject alone; a failure is an answer too.
    fn review(&self, subject: &Subject) -> Answer;
}

/// What a reviewer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: ReviewerStatus,
    pub findings: Vec<CouncilFinding>,
    pub reachability: Vec<Reach>,
}

impl Answer {
    #[must_use]
    pub fn found(findings: Vec<CouncilFinding>) -> Self {
        Self { status: ReviewerStatus::Done, findings, reachability: Vec::new() }
    }

    /// There was nothing to do, or no place to do it.
    #[must_use]
    pub fn not_run(why: impl Into<String>) -> Self {
        let status = ReviewerStatus::NotRun(why.into());
        Self { status, findings: Vec::new(), reachability: Vec::new() }
    }

    /// No usable answer.
    #[must_use]
    pub fn failed(why: impl Into<String>) -> Self {
        let status = ReviewerStatus::Failed(why.into());
        Self { status, findings: Vec::new(), reachability: Vec::new() }
    }
}

/// The reviewers that are always asked, offline and without a model.
///
/// They read a subject once for all of them.
#[must_use]
pub fn deterministic() -> Vec<Box<dyn Reviewer>> {
    deterministic_on(None)
}

/// The same, with a server on which changes for PostgreSQL are run.
#[must_use]
pub fn deterministic_on<'a>(ground: Option<&'a Ground<'a>>) -> Vec<Box<dyn Reviewer + 'a>> {
    let read = Arc::new(Mutex::new(None));
    let reviewer = |group| Deterministic { group, ground, read: Arc::clone(&read) };
    Group::ALL.into_iter().map(|it| Box::new(reviewer(it)) as Box<dyn Reviewer + 'a>).collect()
}

/// The rules of one group as a reviewer.
struct Deterministic<'a> {
    group: Group,
    ground: Option<&'a Ground<'a>>,
    read: Arc<Mutex<Option<Read>>>,
}

/// The subject that was read last.
type Read = (Subject, Result<Arc<Cx>, Unreadable>);

impl Deterministic<'_> {
    fn read(&self, subject: &Subject) -> Result<Arc<Cx>, Unreadable> {
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((of, read)) if of == subject => read.clone(),
            _ => {
                let read = Cx::new(subject).map(Arc::new);
                if let (Ok(cx), Some(ground)) = (&read, self.ground)
                    && cx.is_postgres()
                {
                    cx.try_on(ground);
                }
                *last = Some((subject.clone(), read.clone()));
                read
            }
        }
    }
}

impl Reviewer for Deterministic<'_> {
    fn name(&self) -> &str {
        self.group.word()
    }

    fn judges(&self, kind: SubjectKind) -> bool {
        use Group::{Healing, Resources, Reversibility, Shadow, Spec};
        match (kind, self.group) {
            (SubjectKind::ResourceChange, group) => group == Resources,
            // How a change is made, and how it is undone, is not said in a spec.
            (SubjectKind::SpecEdit, Healing | Reversibility | Shadow | Spec) => false,
            (_, group) => group != Resources,
        }
    }

    fn review(&self, subject: &Subject) -> Answer {
        let cx = match self.read(subject) {
            Ok(cx) => cx,
            Err(unreadable) => return Answer::failed(unreadable.to_string()),
        };
        let mut findings = Vec::new();
        for rule in RULES.iter().filter(|it| it.group == self.group) {
            (rule.check)(&cx, &mut Sink::new(rule, &cx, &mut findings));
        }
        let status = status(self.group, &cx);
        let is_access = self.group == Group::Access && cx.is_postgres();
        let reachability = if is_access { reach::matrix(&cx.change) } else { Vec::new() };
        Answer { status, findings, reachability }
    }
}

/// What a reviewer could not look at, where that is no fault of the change.
fn status(group: Group, cx: &Cx) -> ReviewerStatus {
    let has = |kind: PartKind| !cx.subject.text(kind).trim().is_empty();
    let not_run = match group {
        Group::Shadow => cx.trial().err().map(str::to_owned),
        Group::Reversibility if has(PartKind::Down) => match cx.back() {
            Err(why) => return ReviewerStatus::Failed(why.to_owned()),
            Ok(_) => None,
        },
        Group::Reversibility => Some("there is no way back to look at".to_owned()),
        Group::Spec if !has(PartKind::Spec) => Some("no spec belongs to the change".to_owned()),
        Group::Healing if !has(PartKind::Imported) => {
            Some("no table came from an existing database".to_owned())
        }
        Group::Access if !cx.is_postgres() => Some("SQLite has no policies".to_owned()),
        _ => None,
    };
    not_run.map_or(ReviewerStatus::Done, ReviewerStatus::NotRun)
}

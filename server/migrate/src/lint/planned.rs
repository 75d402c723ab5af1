//! What rules of planned steps look at, and where they say what they found.

use super::declare::{Check, Rule};
use super::rules::RULES;
use crate::plan::{Dialect, LockMode, ObjectId, Plan, Step};
use crate::run::{Facts, Failure};
use model::Severity;

/// A plan, where it is for, and what the live database says of it.
#[derive(Debug, Clone, Copy)]
pub struct PlanCx<'a> {
    pub plan: &'a Plan,
    /// The tables that are there before it; all others have no rows and nobody who reads them.
    pub before: &'a [&'a str],
    /// `None` when no database was asked.
    pub facts: Option<&'a Facts>,
    /// How it failed on a shadow.
    pub failure: Option<&'a Failure>,
    /// Why there is no plan, in words; `plan` is empty then.
    pub refusal: Option<&'a str>,
}

impl<'a> PlanCx<'a> {
    pub(super) fn existed(&self, table: &str) -> bool {
        self.before.contains(&table)
    }

    /// How many rows a table has; `None` when nobody counted.
    pub(super) fn rows(&self, table: &str) -> Option<i64> {
        self.facts?.rows.get(table).copied()
    }

    /// The engine's name as people write it.
    pub(super) fn engine(&self) -> &'static str {
        match self.plan.dialect {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        }
    }

    /// Steps with their index, from 0.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'a Step)> {
        self.plan.steps.iter().enumerate()
    }

    /// The tables that were there and that a step locks against all readers and writers.
    pub(super) fn closed_by<'s>(&self, step: &'s Step) -> Vec<&'s str> {
        let locks = step.locks.iter().filter(|it| it.mode == LockMode::AccessExclusive);
        locks.map(|it| it.table.as_str()).filter(|it| self.existed(it)).collect()
    }

    /// The tables that were there and whose rows a step writes again.
    pub(super) fn rewritten_by<'s>(&self, step: &'s Step) -> Vec<&'s str> {
        let changed = step.changes.iter().filter_map(|it| it.table());
        let mut out: Vec<&str> = changed.filter(|it| step.rewrite && self.existed(it)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// What a rule found in a plan.
#[derive(Clone)]
pub struct PlanFinding {
    pub rule: &'static Rule,
    pub severity: Severity,
    /// Index of the step; `None` when it is about the whole plan.
    pub step: Option<usize>,
    /// What it is about, when it is one thing.
    pub object: Option<ObjectId>,
    pub message: String,
}

/// Where a rule says what it found.
pub(crate) struct PlanSink<'a> {
    rule: &'static Rule,
    out: &'a mut Vec<PlanFinding>,
}

impl PlanSink<'_> {
    pub(super) fn report(
        &mut self,
        step: impl Into<Option<usize>>,
        message: impl Into<String>,
    ) -> &mut PlanFinding {
        self.out.push(PlanFinding {
            rule: self.rule,
            severity: self.rule.docs.severity,
            step: step.into(),
            object: None,
            message: message.into(),
        });
        self.out.last_mut().expect("it was just pushed")
    }
}

impl PlanFinding {
    pub(super) fn about(&mut self, object: &ObjectId) -> &mut Self {
        self.object = Some(object.clone());
        self
    }

    pub(super) fn at(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
}

/// What the rules of plans for which `is_on` holds find, rule by rule.
#[must_use]
pub fn lint_plan(cx: &PlanCx<'_>, is_on: &dyn Fn(&Rule) -> bool) -> Vec<PlanFinding> {
    let mut out = Vec::new();
    for rule in RULES.iter().filter(|it| is_on(it)) {
        if let Check::Plan(check) = rule.check {
            check(cx, &mut PlanSink { rule, out: &mut out });
        }
    }
    out
}

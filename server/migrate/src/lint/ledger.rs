//! What rules of the ledger look at, and where they say what they found.

use super::declare::{Check, Rule};
use super::rules::RULES;
use crate::run::{Drift, Problem};

/// What does not fit between specs, ledger and database.
#[derive(Debug, Clone, Copy)]
pub struct LedgerCx<'a> {
    pub problems: &'a [Problem],
    pub drift: &'a [Drift],
}

/// What a rule found.
#[derive(Clone)]
pub struct LedgerFinding {
    pub rule: &'static Rule,
    /// The spec that it is about, by its name without ending; `None` for the database itself.
    pub spec: Option<String>,
    pub message: String,
}

/// Where a rule says what it found.
pub(crate) struct LedgerSink<'a> {
    rule: &'static Rule,
    out: &'a mut Vec<LedgerFinding>,
}

impl LedgerSink<'_> {
    /// A problem and what to do about it.
    pub(super) fn problem(&mut self, problem: &Problem) {
        self.report(problem.spec(), format!("{problem}: {}", problem.hint()));
    }

    pub(super) fn report(&mut self, spec: Option<&str>, message: String) {
        let spec = spec.map(str::to_owned);
        self.out.push(LedgerFinding { rule: self.rule, spec, message });
    }
}

/// What the rules of the ledger for which `is_on` holds find, rule by rule.
#[must_use]
pub fn lint_ledger(cx: &LedgerCx<'_>, is_on: &dyn Fn(&Rule) -> bool) -> Vec<LedgerFinding> {
    let mut out = Vec::new();
    for rule in RULES.iter().filter(|it| is_on(it)) {
        if let Check::Ledger(check) = rule.check {
            check(cx, &mut LedgerSink { rule, out: &mut out });
        }
    }
    out
}

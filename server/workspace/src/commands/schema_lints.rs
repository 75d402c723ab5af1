//! What the lint says of a plan between two SQL schemas.

use migrate::lint::{Group, LintCx, PlanCx, Rule, find, lint_plan, lint_with};
use migrate::plan::Plan;
use migrate::run::Facts;
use migrate::schema::Schema;
use model::Severity;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lint {
    pub rule: &'static str,
    /// `hint`, `info`, `warning` or `error`.
    pub severity: &'static str,
    /// Index of the step, from 0; `null` when it is about the whole plan.
    pub step: Option<usize>,
    pub message: String,
}

/// A plan and the schemas between which it goes.
pub(super) struct Linted<'a> {
    pub(super) plan: &'a Plan,
    /// The tables that are there before it, as its locks name them.
    pub(super) tables: &'a [&'a str],
    /// Both schemas as far as the language can say them.
    pub(super) before: &'a Schema,
    pub(super) after: &'a Schema,
    /// Rows of the tables that lose some or are rewritten; `None` without a database.
    pub(super) rows: Option<BTreeMap<String, i64>>,
}

impl Linted<'_> {
    /// What all rules that are on by default find: those of plans first, with their steps.
    ///
    /// SQL has no access in the words of the language, so the rules about that have nothing to say.
    pub(super) fn lints(&self) -> Vec<Lint> {
        let facts = self.rows.clone().map(|rows| Facts { rows, answers: Vec::new() });
        let cx = PlanCx {
            plan: self.plan,
            before: self.tables,
            facts: facts.as_ref(),
            failure: None,
            refusal: None,
        };
        let is_on = |it: &Rule| it.on_by_default && it.group != Group::Access;
        let of_plan = lint_plan(&cx, &is_on).into_iter().map(|it| Lint {
            rule: it.rule.docs.name,
            severity: it.severity.word(),
            step: it.step,
            message: it.message,
        });
        let mut out: Vec<Lint> = of_plan.collect();
        out.sort_by_key(|it| it.step);
        let cx = LintCx::new(self.before, self.after, &[]);
        let of_schema = lint_with(&cx, &is_on).into_iter();
        out.extend(of_schema.map(|it| Lint {
            rule: it.rule,
            severity: it.severity.word(),
            step: None,
            message: it.message,
        }));
        out
    }
}

/// Rows in the way, which were counted where they are.
pub(super) fn in_the_way(message: String) -> Lint {
    let rule = find("data-in-the-way").map_or("data-in-the-way", |it| it.docs.name);
    Lint { rule, severity: Severity::Error.word(), step: None, message }
}

//! Lint: what a migration does that its author may not have meant; nothing here is refused.
//!
//! One file a rule in `lint/rules`, listed once in `lint/rules.rs`. A rule sees the schema before
//! and after, and the operations between. What cannot be read or replayed is reported by the
//! [`language`](crate::language), what today's data says against by the plans' checks.

#[macro_use]
mod declare;
mod cx;
mod page;
mod rules;

pub use crate::lint::cx::LintCx;
pub use crate::lint::declare::{Group, Rule};
pub use crate::lint::page::index_page;
pub use crate::lint::rules::RULES;
pub use crate::rules::page;

use crate::lint::cx::Sink;
use model::Diagnostic;

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.docs.name == name).copied()
}

/// What the rules that are on by default find, by place.
#[must_use]
pub fn lint(cx: &LintCx<'_>) -> Vec<Diagnostic> {
    lint_with(cx, &|it| it.on_by_default)
}

/// What the rules for which `is_on` holds find, by place.
#[must_use]
pub fn lint_with(cx: &LintCx<'_>, is_on: &dyn Fn(&Rule) -> bool) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for rule in RULES.iter().filter(|it| is_on(it)) {
        (rule.check)(cx, &mut Sink::new(rule, &mut out));
    }
    out.sort_by(|a, b| (a.document, a.span, a.rule).cmp(&(b.document, b.span, b.rule)));
    out.dedup();
    out
}

//! Diagnostics: one file a rule, listed once in `rules!` below.
//!
//! A rule is declared with [`declare_rule!`]; its doc comment is its page in `docs/rules`. Block
//! rules see one chunk and are cached with its facts; spec rules see everything and run each time.

#[macro_use]
mod declare;
mod levels;
mod sink;
mod suppress;

pub(crate) use crate::rules::declare::Check;
pub use crate::rules::declare::{Group, Rule};
pub use crate::rules::levels::{Level, Levels};
pub(crate) use crate::rules::sink::{Sink, SpecCx};

use crate::analysis::Analysis;
use crate::document::Document;
use crate::read::ChunkCx;
use model::Diagnostic;

rules! {
    sign_in_without_method,
}

/// Runs the block rules over one chunk.
pub(crate) fn check_chunk(cx: &ChunkCx<'_>, levels: &Levels) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for rule in RULES {
        if let (Check::Block(check), Some(severity)) = (rule.check, levels.severity(rule)) {
            check(cx, &mut Sink::new(rule, severity, &mut out));
        }
    }
    out
}

/// Collects what block rules found, runs the spec rules, and drops what is silenced.
pub(crate) fn check(
    documents: &[Document],
    analysis: &Analysis,
    levels: &Levels,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (document, facts) in (0u32..).zip(&analysis.facts) {
        for placed in facts {
            let moved = placed.facts.findings.iter();
            out.extend(moved.map(|it| sink::place(it, model::DocumentId(document), placed.start)));
        }
    }
    let cx = SpecCx { documents, analysis };
    for rule in RULES {
        if let (Check::Spec(check), Some(severity)) = (rule.check, levels.severity(rule)) {
            check(&cx, &mut Sink::new(rule, severity, &mut out));
        }
    }
    suppress::drop_silenced(documents, analysis, &mut out);
    out.sort_by(|a, b| (a.document, a.span, a.rule).cmp(&(b.document, b.span, b.rule)));
    out.dedup();
    out
}

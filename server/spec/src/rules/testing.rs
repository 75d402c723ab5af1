//! Runs rules over a text for the tests beside them.

use super::{Level, Levels};
use crate::{Analyzer, Document};
use std::fmt::Write as _;
use std::sync::Arc;

/// The findings of the named rules, one a line with what belongs to them below; all others keep
/// their defaults unseen.
pub(crate) fn render(text: &str, rules: &[&str]) -> String {
    let mut levels = Levels::default();
    for name in rules {
        levels.by_name.insert((*name).to_owned(), Level::On);
    }
    let document = Document::new(None, text.into());
    let analysis = Analyzer::new(Arc::new(levels)).analyze(std::slice::from_ref(&document));
    let line = |at: u32| document.lines.line(at as usize) + 1;
    let mut out = String::new();
    for it in analysis.diagnostics.iter().filter(|it| rules.contains(&it.rule)) {
        let place = document.slice(it.span);
        let severity = it.severity.word();
        let _ = writeln!(
            out,
            "{}: {severity}[{}] {:?} {}",
            line(it.span.start),
            it.rule,
            place,
            it.message
        );
        for related in &it.related {
            let _ = writeln!(
                out,
                "  see {}: {:?} {}",
                line(related.span.start),
                document.slice(related.span),
                related.message
            );
        }
        for fix in &it.fixes {
            let safe = if fix.safe { " (safe)" } else { "" };
            let _ = writeln!(out, "  fix{safe}: {}", fix.title);
            for edit in &fix.edits {
                let _ = writeln!(
                    out,
                    "    {} {:?} -> {:?}",
                    line(edit.span.start),
                    document.slice(edit.span),
                    edit.text
                );
            }
        }
    }
    out
}

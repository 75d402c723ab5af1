//! Code actions: mends of diagnostics in a range, and ways to silence them.

use super::{Edit, FileEdits, document, file_edits};
use crate::snapshot::SpecView;
use model::{Diagnostic, DocumentId, Fix, Span};

/// One entry of the lightbulb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub kind: ActionKind,
    /// The diagnostic that it mends: an index into the analysis' diagnostics.
    pub diagnostic: Option<usize>,
    /// Whether it is the one sensible choice.
    pub preferred: bool,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    QuickFix,
    /// Rewrites without a diagnostic, such as declaring a table.
    Refactor,
    /// All safe mends of a file: `source.fixAll`.
    FixAll,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Edit(Vec<FileEdits>),
    /// Turns a rule off in `specwright.toml`, for one file or for the workspace; the front reads
    /// the settings file and applies the edit.
    Silence {
        rule: &'static str,
        file_only: bool,
    },
}

/// The actions for a range, preferred ones first.
#[must_use]
pub fn actions(view: &SpecView, id: DocumentId, range: Span) -> Vec<Action> {
    let mut out = Vec::new();
    for (index, it) in view.analysis.diagnostics.iter().enumerate() {
        if it.document == id && (it.span.overlaps(range) || it.span.touches(range.range().start)) {
            out.extend(fixes(view, index, it));
        }
    }
    out
}

fn fixes(view: &SpecView, index: usize, diagnostic: &Diagnostic) -> Vec<Action> {
    let single = diagnostic.fixes.len() == 1;
    let fix = |fix: &Fix| Action {
        title: fix.title.clone(),
        kind: ActionKind::QuickFix,
        diagnostic: Some(index),
        preferred: single && fix.safe,
        act: Act::Edit(fix_edits(view, fix)),
    };
    diagnostic.fixes.iter().map(fix).collect()
}

fn fix_edits(view: &SpecView, fix: &Fix) -> Vec<FileEdits> {
    let edits = fix.edits.iter().filter_map(|it| {
        let key = view.keys.get(it.document.0 as usize)?.clone();
        document(view, it.document)?;
        Some((key, Edit { span: it.span, text: it.text.clone() }))
    });
    file_edits(edits.collect())
}

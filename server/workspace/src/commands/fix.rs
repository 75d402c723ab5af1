//! `spec.fix`: the safe mends of findings, as edits.

use super::edits::{FileEdit, TextPatch};
use super::{CommandCx, CommandError};
use crate::snapshot::{DocumentKey, SpecView};
use model::{AbsPath, Diagnostic, FixEdit, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

declare_command! {
    /// Mends what can be mended safely.
    ///
    /// Only mends that are the one sensible choice and lose nothing are taken, unless a rule is
    /// named: then its first mend is taken for each finding. Of two mends that touch the same place
    /// the first wins; run it again for the other.
    pub(super) static COMMAND = {
        name: "spec.fix",
        alias: "fix",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Files and folders; all specs of the workspace when empty.
    #[schemars(extend("x-positional" = "PATH"))]
    pub paths: Vec<String>,
    /// Mend findings of this rule only, with its first mend whether it is safe or not.
    pub rule: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// What to change; the front applies it.
    pub edits: Vec<FileEdit>,
    /// Findings that the edits mend.
    pub n_mended: usize,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a path or the rule's name is wrong.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    if let Some(rule) = &input.rule {
        super::explain::rule(rule)?;
    }
    let paths = super::detect::paths(cx, &input.paths)?;
    let is_asked = |path: &AbsPath| {
        paths.is_empty() || paths.iter().any(|it| it == path || path.relative_to(it).is_some())
    };
    let specs = super::detect::all(cx, &is_asked);
    let map = |view: &SpecView| mend(view, input.rule.as_deref(), &is_asked);
    let mut out = Output { edits: Vec::new(), n_mended: 0 };
    for (edits, n_mended) in super::detect::scan(cx, &specs, &map).into_iter().flatten() {
        out.edits.extend(edits);
        out.n_mended += n_mended;
    }
    Ok(out)
}

fn mend(
    view: &SpecView,
    rule: Option<&str>,
    is_asked: &(dyn Fn(&AbsPath) -> bool + Sync),
) -> (Vec<FileEdit>, usize) {
    let mut taken: BTreeMap<&AbsPath, Vec<&FixEdit>> = BTreeMap::new();
    let mut n_mended = 0;
    for diagnostic in &view.analysis.diagnostics {
        let Some(edits) = edits_of(diagnostic, rule) else { continue };
        let placed: Option<Vec<(&AbsPath, &FixEdit)>> = edits
            .iter()
            .map(|edit| match &view.keys[edit.document.0 as usize] {
                DocumentKey::File(path) if is_asked(path) => Some((path, edit)),
                _ => None,
            })
            .collect();
        let Some(placed) = placed else { continue };
        let is_free = |(path, edit): &(&AbsPath, &FixEdit)| {
            let others = taken.get(path).map(Vec::as_slice).unwrap_or_default();
            !others.iter().any(|it| meets(it.span, edit.span))
        };
        if placed.iter().all(is_free) {
            n_mended += 1;
            placed.iter().for_each(|(path, edit)| taken.entry(path).or_default().push(edit));
        }
    }
    let files = taken.into_iter().map(|(path, mut edits)| {
        edits.sort_by_key(|it| it.span);
        let edits = edits.iter().map(|it| TextPatch::new(it.span, it.text.clone())).collect();
        FileEdit { path: path.to_string(), edits }
    });
    (files.collect(), n_mended)
}

fn edits_of<'a>(it: &'a Diagnostic, rule: Option<&str>) -> Option<&'a [FixEdit]> {
    let fix = match rule {
        Some(rule) => it.fixes.first().filter(|_| it.rule == rule),
        None => it.fixes.iter().find(|it| it.safe),
    };
    fix.map(|it| it.edits.as_slice())
}

/// Two insertions at one place are in each other's way too.
fn meets(a: Span, b: Span) -> bool {
    a.overlaps(b) || a.start == b.start
}

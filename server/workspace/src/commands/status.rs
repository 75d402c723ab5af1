//! `workspace.status`: what is known of the workspace.

use super::{CommandCx, CommandError};
use crate::snapshot::SpecView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Counts specs, findings and detected tables of the workspace.
    pub(super) static COMMAND = {
        name: "workspace.status",
        alias: "status",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Output {
    /// The workspace folder.
    pub root: Option<String>,
    pub n_specs: usize,
    pub n_files: usize,
    pub n_tables: usize,
    pub n_errors: usize,
    pub n_warnings: usize,
    pub n_infos: usize,
    pub n_hints: usize,
}

/// Runs the command on typed data.
///
/// # Errors
/// Never now.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let specs = cx.snapshot.specs();
    let mut out = Output { root: cx.root.as_ref().map(ToString::to_string), ..Output::default() };
    for part in super::detect::scan(cx, &specs, &count).into_iter().flatten() {
        out.n_specs += 1;
        out.n_files += part.n_files;
        out.n_tables += part.n_tables;
        out.n_errors += part.n_errors;
        out.n_warnings += part.n_warnings;
        out.n_infos += part.n_infos;
        out.n_hints += part.n_hints;
    }
    Ok(out)
}

fn count(view: &SpecView) -> Output {
    use model::Severity;
    let of = |severity| view.analysis.diagnostics.iter().filter(|it| it.severity == severity).count();
    Output {
        n_files: view.documents.len(),
        n_tables: view.analysis.detection.tables.iter().filter(|it| it.is_required()).count(),
        n_errors: of(Severity::Error),
        n_warnings: of(Severity::Warning),
        n_infos: of(Severity::Info),
        n_hints: of(Severity::Hint),
        ..Output::default()
    }
}

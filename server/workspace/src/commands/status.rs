//! `workspace.status`: what is known of the workspace.

use super::resources::{self, ResourceData};
use super::{CommandCx, CommandError, store};
use crate::snapshot::SpecView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Counts specs, findings and detected tables of the workspace, and lists its resources.
    ///
    /// A resource is detected in a spec, declared, applied, changed since, declared no more, or drifted.
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
    /// Specs that imply something else than the catalog recorded last; none without a catalog.
    pub drifted: Vec<String>,
    /// Each table and declared resource with its state.
    pub resources: Vec<ResourceData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the catalog cannot be read; one that is refused is left out, and `doctor` tells why.
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
    out.drifted = drifted(cx)?;
    out.resources = resources::all(cx);
    Ok(out)
}

fn drifted(cx: &CommandCx<'_>) -> Result<Vec<String>, CommandError> {
    let catalog = cx.root.as_ref().and_then(|root| store::open(cx.system, root).ok().flatten());
    let Some(catalog) = catalog else { return Ok(Vec::new()) };
    let specs = cx.snapshot.specs();
    let records = super::detect::scan(cx, &specs, &|view| store::record_of(cx, view));
    let mut out = Vec::new();
    for (documents, detection) in records.into_iter().flatten().flatten() {
        let Some(first) = documents.first() else { continue };
        let latest = catalog.latest_snapshot(&first.path).map_err(|it| store::failed(&it))?;
        if latest.is_some_and(|it| it.detection != detection) {
            out.push(first.path.as_str().to_owned());
        }
    }
    Ok(out)
}

fn count(view: &SpecView) -> Output {
    use model::Severity;
    let of =
        |severity| view.analysis.diagnostics.iter().filter(|it| it.severity == severity).count();
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

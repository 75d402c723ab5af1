//! `spec.record`: remembers what the specs imply now.

use super::{CommandCx, CommandError, provisioning, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Records in the catalog what the specs imply now.
    ///
    /// `status` then tells which specs have come to imply something else. What all specs need is also
    /// written to `.specwright/required.json`, for agents.
    pub(super) static COMMAND = {
        name: "spec.record",
        alias: "record",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub n_specs: usize,
    /// Specs that imply something else than the catalog knew.
    pub n_recorded: usize,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the catalog is refused or cannot be written.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let mut catalog = store::acting(cx)?;
    let specs = cx.snapshot.specs();
    let records = super::detect::scan(cx, &specs, &|view| store::record_of(cx, view));
    let mut out = Output { n_specs: specs.len(), n_recorded: 0 };
    for (documents, detection) in records.into_iter().flatten().flatten() {
        let recorded = catalog.record_snapshot(&documents, &detection);
        out.n_recorded += usize::from(recorded.map_err(|it| store::failed(&it))?);
    }
    provisioning::write_required(cx)?;
    Ok(out)
}

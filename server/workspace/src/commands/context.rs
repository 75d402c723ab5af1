//! `workspace.context`: the semantic layer.

use super::{CommandCx, CommandError, applied};
use crate::snapshot::SpecView;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spec::mentions::requirements;

declare_command! {
    /// Tells what is applied, in at most 2 KiB, for the prompt of an agent.
    ///
    /// Tables with columns and policies, sign-in, buckets, functions, schedules with their next run,
    /// names of secrets, payments, and the commands that there are. A backend that is larger is told
    /// by relevance, and what is left out is counted. Nothing is told while nothing is applied.
    pub(super) static COMMAND = {
        name: "workspace.context",
        alias: "context",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// What the work is about: a text, or the id of a requirement.
    pub r#for: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// The block; left out while nothing is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no folder, or its database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let backend = applied::backend(cx)?;
    let wanted = input.r#for.as_deref().unwrap_or_default();
    let wanted = requirement(cx, wanted).unwrap_or_else(|| wanted.to_owned());
    Ok(Output { text: ::context::block::block(&backend, &wanted) })
}

/// The text of the requirement with that id.
fn requirement(cx: &CommandCx<'_>, id: &str) -> Option<String> {
    if id.is_empty() || id.contains(char::is_whitespace) {
        return None;
    }
    let views = cx.snapshot.specs().into_iter().filter_map(|it| cx.snapshot.view(it));
    views.into_iter().find_map(|view| {
        let view: &SpecView = &view;
        let mentions = requirements::mentions(&view.documents);
        let found = mentions.iter().find(|it| it.id == id && it.defines.is_some())?;
        let document = view.documents.get(found.document.0 as usize)?;
        requirements::title(document, found).map(str::to_owned)
    })
}

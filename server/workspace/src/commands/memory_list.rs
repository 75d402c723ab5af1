//! `memory.list`: what is kept of decisions.

use super::memory::{self, ItemData};
use super::{CommandCx, CommandError};
use ::context::memory::Item;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Lists the decisions that are kept of your projects, and how they ended, newest first.
    ///
    /// They are in your state folder and nowhere else. The setting `memory.enable` stops it.
    pub(super) static COMMAND = {
        name: "memory.list",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Only of this project.
    #[schemars(extend("x-value-name" = "NAME"))]
    pub project: Option<String>,
    /// Only about this table or other thing.
    #[schemars(extend("x-value-name" = "NAME"))]
    pub about: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether anything new is kept.
    pub enabled: bool,
    pub items: Vec<ItemData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the memory cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let is = |wanted: &Option<String>, it: &str| wanted.as_deref().is_none_or(|name| name == it);
    let mut items = memory::items(cx)?;
    items.retain(|it: &Item| is(&input.project, &it.project) && is(&input.about, &it.entity));
    let items = items.into_iter().map(ItemData::from).collect();
    Ok(Output { enabled: cx.settings.memory_enable, items })
}

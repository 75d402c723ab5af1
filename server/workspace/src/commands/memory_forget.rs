//! `memory.forget`: forgets decisions for good.

use super::memory::{self, ItemData};
use super::{CommandCx, CommandError};
use ::context::memory::{Forget, Item};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Forgets what is kept of decisions, for good.
    ///
    /// Without `yes` nothing is forgotten, and the output tells what would be.
    pub(super) static COMMAND = {
        name: "memory.forget",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Everything.
    pub all: bool,
    /// Everything of this project.
    #[schemars(extend("x-value-name" = "NAME"))]
    pub project: Option<String>,
    /// The one item with this number.
    pub id: Option<u32>,
    /// Really do it.
    pub yes: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// What is or would be forgotten.
    pub items: Vec<ItemData>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When not exactly one of `all`, `project` and `id` is given, or the memory cannot be written.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let what = match (input.all, &input.project, input.id) {
        (true, None, None) => Forget::All,
        (false, Some(name), None) => Forget::Project(name.clone()),
        (false, None, Some(id)) => Forget::Item(i64::from(id)),
        _ => {
            let error = CommandError::user("forget: say what");
            return Err(error.hint("give one of `all`, `project` and `id`"));
        }
    };
    let is_meant = |it: &Item| match &what {
        Forget::All => true,
        Forget::Project(name) => it.project == *name,
        Forget::Item(id) => it.id == *id,
    };
    let mut items = memory::items(cx)?;
    items.retain(is_meant);
    if input.yes
        && let Some(mut memory) = memory::find(cx)?
    {
        memory.forget(&what).map_err(|it| memory::failed(&it))?;
    }
    let items: Vec<ItemData> = items.into_iter().map(ItemData::from).collect();
    Ok(Output { done: input.yes || items.is_empty(), items })
}

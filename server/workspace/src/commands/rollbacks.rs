//! What the ways of rolling back share: their output, and what the audit chain is told.

mod panel;

pub use crate::commands::rollbacks::panel::{Panel, PanelEdit, Shows};

use super::checkpoints::{self, PreviewData, RestoredData};
use super::{CommandCx, CommandError, store};
use checkpoint::{Preview, Restored};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when it was not agreed to.
    pub done: bool,
    /// What would be done; left out when it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<PreviewData>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<RestoredData>,
}

impl Output {
    pub(super) fn shown(preview: &Preview) -> Self {
        Self { done: false, preview: Some(checkpoints::preview(preview)), restored: None }
    }

    /// What was done, once the audit chain has heard of it, if there is a catalog.
    pub(super) fn done(
        cx: &CommandCx<'_>,
        subject: &str,
        restored: Restored,
    ) -> Result<Self, CommandError> {
        let root = store::root(cx)?;
        if let Some(mut catalog) = store::open(cx.system, root).map_err(|it| store::refused(&it))? {
            let before = restored.before.as_ref().map_or("nothing", |it| it.id.as_str());
            let (n_files, n_databases) = (restored.paths.len(), restored.databases.len());
            let act = catalog::Act {
                name: "rollback".to_owned(),
                subject: subject.to_owned(),
                detail: format!("{n_files} files, {n_databases} databases; undone by {before}"),
            };
            catalog.conclude(&act).map_err(|it| store::failed(&it))?;
        }
        let restored = Some(checkpoints::restored(restored));
        Ok(Self { done: true, preview: None, restored })
    }
}

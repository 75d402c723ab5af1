//! `workspace.doctor`: whether all is as it should be.

mod database;
mod machine;
mod services;
mod state;

use super::{CommandCx, CommandError};
use crate::settings::Settings;
use model::AbsPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use system::System;

declare_command! {
    /// Checks the installation, the settings, the specs, and all state: each fault with its repair.
    ///
    /// State is the catalog with its audit chain and seal, the development database with its ledger
    /// and backups, the memory, and the services that run. What is not in use is said so. A code leads
    /// to a section of the guide.
    pub(super) static COMMAND = {
        name: "workspace.doctor",
        alias: "doctor",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether no check failed.
    pub ok: bool,
    pub checks: Vec<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    pub name: &'static str,
    pub state: State,
    /// Of the fault, such as `FRG001`; left out where nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    pub message: String,
    /// What to do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where the fault is told at length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// Not in use here, so there is nothing to check.
    Off,
    /// Works, with something missing.
    Warn,
    Fail,
}

impl Check {
    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Ok, message)
    }

    fn off(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, State::Off, message)
    }

    fn warn(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(name, State::Warn, message) }
    }

    fn fail(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state: State::Fail, ..Self::warn(name, message, hint) }
    }

    fn new(name: &'static str, state: State, message: impl Into<String>) -> Self {
        Self { name, state, code: None, message: message.into(), hint: None, docs: None }
    }

    /// With a code, and the section that tells of it.
    fn code(self, code: &'static str) -> Self {
        let docs = format!("https://specwright.dev/guides/doctor#{}", code.to_lowercase());
        Self { code: Some(code), docs: Some(docs), ..self }
    }
}

/// Runs the command on typed data.
///
/// # Errors
/// Never: what is wrong is told in the output.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let mut checks = machine::checks(cx);
    if let Some(root) = &cx.root {
        checks.extend(state_checks(cx.system, root, &cx.settings));
    }
    Ok(Output { ok: checks.iter().all(|it| it.state != State::Fail), checks })
}

/// What is wrong with the state of a workspace and cannot wait: editors tell it unasked.
#[must_use]
pub fn red(system: &dyn System, root: &AbsPath, settings: &Settings) -> Vec<Check> {
    let mut checks = state_checks(system, root, settings);
    checks.retain(|it| it.state == State::Fail);
    checks
}

fn state_checks(system: &dyn System, root: &AbsPath, settings: &Settings) -> Vec<Check> {
    let mut checks = state::checks(system, root, settings);
    checks.extend(database::checks(root));
    checks.extend(services::checks(system, root));
    checks.push(machine::disk(system, root));
    checks
}

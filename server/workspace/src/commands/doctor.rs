//! `workspace.doctor`: whether all is as it should be.

use super::{CommandCx, CommandError, store};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Checks the installation, the settings, the specs and the catalog.
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
    pub message: String,
    /// What to do now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// Works, with something missing.
    Warn,
    Fail,
}

/// Runs the command on typed data.
///
/// # Errors
/// Never: what is wrong is told in the output.
pub fn run(cx: &CommandCx<'_>, _input: &Input) -> Result<Output, CommandError> {
    let mut checks = vec![version(), settings(cx), specs(cx), git(cx)];
    checks.extend(catalog(cx));
    Ok(Output { ok: checks.iter().all(|it| it.state != State::Fail), checks })
}

fn version() -> Check {
    let n_rules = crate::rules::all().len();
    let message = format!("specwright {}, {n_rules} rules", env!("CARGO_PKG_VERSION"));
    Check { name: "program", state: State::Ok, message, hint: None }
}

fn settings(cx: &CommandCx<'_>) -> Check {
    let (state, message, hint) = match cx.problems.as_slice() {
        [] => (State::Ok, "no problems".to_owned(), None),
        problems => {
            let hint = "`specwright check` shows the places".to_owned();
            (State::Fail, problems.join("; "), Some(hint))
        }
    };
    Check { name: "settings", state, message, hint }
}

fn specs(cx: &CommandCx<'_>) -> Check {
    let (n_specs, n_files) = (cx.snapshot.specs().len(), cx.snapshot.documents().len());
    let folder = cx.root.as_ref().map_or("no folder".to_owned(), |it| format!("`{it}`"));
    let message = format!("{n_specs} in {n_files} files of {folder}");
    match n_specs {
        0 => Check {
            name: "specs",
            state: State::Warn,
            message,
            hint: Some("write a PRD.md, or set `specs.include` in specwright.toml".to_owned()),
        },
        _ => Check { name: "specs", state: State::Ok, message, hint: None },
    }
}

fn git(cx: &CommandCx<'_>) -> Check {
    let ran = cx.system.run("git", &["--version"], cx.root.as_ref().unwrap_or(&cx.cwd));
    match ran {
        Ok(output) if output.is_success => {
            let message = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            Check { name: "git", state: State::Ok, message, hint: None }
        }
        _ => Check {
            name: "git",
            state: State::Warn,
            message: "not found".to_owned(),
            hint: Some("`check --changed` needs it".to_owned()),
        },
    }
}

fn catalog(cx: &CommandCx<'_>) -> Vec<Check> {
    let name = "catalog";
    let Some(root) = &cx.root else { return Vec::new() };
    let fail = |message: String, hint: String| {
        vec![Check { name, state: State::Fail, message, hint: Some(hint) }]
    };
    let catalog = match store::open(cx.system, root) {
        Ok(Some(catalog)) => catalog,
        Ok(None) => {
            let message = "none yet; nothing is recorded".to_owned();
            let hint = Some("`specwright init` makes one".to_owned());
            return vec![Check { name, state: State::Warn, message, hint }];
        }
        Err(error) => return fail(crate::error_chain(&error), error.hint()),
    };
    let copy = "keep a copy of the file; what it says of the past is not to be trusted".to_owned();
    match (catalog.verify(), catalog.counts()) {
        (Ok(Ok(n_entries)), Ok((n_snapshots, n_documents))) => {
            let message = format!(
                "sound; {n_snapshots} snapshots of {n_documents} documents, {n_entries} audit entries"
            );
            vec![Check { name, state: State::Ok, message, hint: None }]
        }
        (Ok(Err(broken)), _) => fail(format!("the audit chain does not hold: {broken}"), copy),
        (Err(error), _) | (_, Err(error)) => fail(crate::error_chain(&error), copy),
    }
}

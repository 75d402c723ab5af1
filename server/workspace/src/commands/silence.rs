//! `rule.silence`: an edit that keeps a rule quiet here, in a file, or in the workspace.

use super::edits::{FileEdit, TextPatch};
use super::{CommandCx, CommandError, store};
use crate::features;
use crate::settings::{FILE_NAME, silence_edit};
use crate::snapshot::DocumentKey;
use model::{AbsPath, RelPath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

declare_command! {
    /// Keeps a rule quiet: for one block, for a file, or for the whole workspace.
    ///
    /// For a block it writes a comment above it, for a file or the workspace a line of
    /// `specwright.toml`. `mine` writes nothing that others see: it is kept in the catalog.
    pub(super) static COMMAND = {
        name: "rule.silence",
        effect: Write,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Name of a rule, as diagnostics show it.
    #[schemars(extend("x-positional" = "RULE"))]
    pub rule: String,
    /// How far it is silent.
    #[serde(default)]
    pub scope: Scope,
    /// The file that the finding is in; not needed for the workspace.
    #[serde(default)]
    pub file: Option<String>,
    /// Line of the finding, from 1; needed for a block.
    #[serde(default)]
    pub line: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The block at the line.
    #[default]
    Here,
    File,
    Workspace,
    /// The whole workspace, on this machine only.
    Mine,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// What to change; the front applies it.
    pub edits: Vec<FileEdit>,
    /// What was done already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the rule does not exist, or the scope needs a file or line that is not given.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let rule = super::explain::rule(&input.rule)?;
    if !rule.is_settable() {
        let message = format!("silence `{}`: the language refuses what it finds", rule.name);
        return Err(CommandError::user(message).hint("mend the finding"));
    }
    let rule = rule.name;
    let edit = match input.scope {
        Scope::Here => here(cx, input, rule)?,
        Scope::File => in_settings(cx, rule, Some(&file(cx, input)?))?,
        Scope::Workspace => in_settings(cx, rule, None)?,
        Scope::Mine => {
            let mut catalog = store::acting(cx)?;
            catalog.set_rule(rule, None, Some("off")).map_err(|it| store::failed(&it))?;
            let note = Some(format!("`{rule}` is silent on this machine from now on"));
            return Ok(Output { edits: Vec::new(), note });
        }
    };
    Ok(Output { edits: vec![edit], note: None })
}

fn here(cx: &CommandCx<'_>, input: &Input, rule: &str) -> Result<FileEdit, CommandError> {
    let path = file(cx, input)?;
    let Some(line) = input.line.and_then(|it| it.checked_sub(1)) else {
        let error = CommandError::user(format!("silence `{rule}` here: no line is given"));
        return Err(error.hint("give the finding's line, counted from 1"));
    };
    let text = text(cx, &path)?;
    let document = spec::Document::new(None, text);
    let Some(span) = document.lines.line_span(line) else {
        let message = format!("silence `{rule}` at line {} of `{path}`", line + 1);
        return Err(CommandError::user(message).hint("the file has fewer lines; check it again"));
    };
    let is_yaml = path.as_path().extension().is_some_and(|it| it == "yaml" || it == "yml");
    let edit = match is_yaml {
        true => features::silence::here_in_yaml(&document, rule, span.start),
        false => features::silence::here(&document, rule, span.start),
    };
    Ok(FileEdit { path: path.to_string(), edits: vec![TextPatch::new(edit.span, edit.text)] })
}

fn in_settings(
    cx: &CommandCx<'_>,
    rule: &str,
    file: Option<&AbsPath>,
) -> Result<FileEdit, CommandError> {
    let root = cx.root.as_ref().ok_or_else(|| {
        CommandError::user(format!("silence `{rule}` in the settings: no folder is open"))
            .hint("silence it here instead")
    })?;
    let below = match file {
        Some(file) => Some(file.relative_to(root).ok_or_else(|| {
            CommandError::user(format!("silence `{rule}` in `{file}`: it lies outside `{root}`"))
                .hint("silence it here instead")
        })?),
        None => None,
    };
    let path = RelPath::new(FILE_NAME).map(|it| root.join(&it)).expect("the name is a path");
    let text = if cx.system.exists(&path) { text(cx, &path)? } else { "".into() };
    let edit = silence_edit(&text, rule, below.as_ref()).map_err(|message| {
        CommandError::user(format!("silence `{rule}` in `{path}`: {message}"))
            .hint("write it into the file by hand")
    })?;
    Ok(FileEdit { path: path.to_string(), edits: vec![TextPatch::new(edit.span, edit.text)] })
}

fn file(cx: &CommandCx<'_>, input: &Input) -> Result<AbsPath, CommandError> {
    match &input.file {
        Some(file) => super::resolve(&cx.cwd, file),
        None => Err(CommandError::user(format!("silence `{}`: no file is given", input.rule))
            .hint("name the finding's file, or silence it in the workspace")),
    }
}

/// What the editor shows, else what is on disk.
fn text(cx: &CommandCx<'_>, path: &AbsPath) -> Result<Arc<str>, CommandError> {
    if let Some(text) = cx.snapshot.open_text(&DocumentKey::File(path.clone())) {
        return Ok(text);
    }
    let read = crate::discover::read_text(cx.system, path);
    read.map(|it| it.text).map_err(|error| CommandError::user(crate::error_chain(&error)))
}

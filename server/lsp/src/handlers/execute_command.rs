//! `workspace/executeCommand`: the registry's commands by their names, and the few of this front.

use crate::handlers::code_action::{self, ActionId};
use crate::session::{Doc, Moment, Session, content_modified};
use crate::{tasks, to_proto};
use lsp_types::{ExecuteCommandParams, Location, MessageType, Uri};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};
use workspace::commands::detect;

/// Applies a code action, for clients that read actions as commands only.
pub(crate) const APPLY: &str = "specwright.applyAction";
/// Tells what a spec implies; without an argument, that of the document opened or edited last.
pub(crate) const SHOW_DETECTION: &str = "specwright.showDetection";
/// Leads to the first of some places.
pub(crate) const SHOW_PLACES: &str = "specwright.showPlaces";
/// A command of the client, if it says that it has it: `(uri, position, locations)`.
pub(crate) const SHOW_REFERENCES: &str = "specwright.showReferences";

/// The names that `initialize` offers.
pub(crate) fn names() -> Vec<String> {
    [APPLY, SHOW_DETECTION, SHOW_PLACES].map(str::to_owned).to_vec()
}

/// What is left to do with the client once a command has run.
pub(crate) enum Effect {
    None,
    Edit(lsp_types::WorkspaceEdit),
    Message(String),
    Show(Location),
}

pub(crate) fn execute_command(
    moment: &Moment,
    params: ExecuteCommandParams,
) -> Result<(Value, Effect)> {
    let argument = params.arguments.unwrap_or_default().into_iter().next().unwrap_or_default();
    match params.command.as_str() {
        APPLY => apply(moment, argument),
        SHOW_DETECTION => show_detection(moment, argument),
        SHOW_PLACES => show_places(argument),
        name => Err(Error::invalid_params(format!(
            "there is no command `{name}`; the server's capabilities list all"
        ))),
    }
}

/// Carries out what the command left to do; on a task of its own, since the client may first wait
/// for the command's answer.
pub(crate) fn follow_up(session: &Arc<Session>, effect: Effect) {
    match effect {
        Effect::None => {}
        Effect::Edit(edit) => tasks::apply_edit(session, edit),
        Effect::Message(message) => session.show(MessageType::Info, message),
        Effect::Show(location) => tasks::show_document(session, location),
    }
}

fn apply(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let id: ActionId = read(APPLY, argument)?;
    let edit = code_action::edit_of(moment, &id).ok_or_else(content_modified)?;
    Ok((Value::Null, Effect::Edit(edit)))
}

#[derive(Deserialize)]
struct ShowDetection {
    uri: Option<Uri>,
}

fn show_detection(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let argument = if argument.is_null() { json!({}) } else { argument };
    let input: ShowDetection = read(SHOW_DETECTION, argument)?;
    let doc = match &input.uri {
        Some(uri) => moment.doc(uri),
        None => moment.latest.as_ref().and_then(|it| moment.doc_of(it)),
    };
    let doc = doc.ok_or_else(|| {
        Error::invalid_params("show what a spec implies: open a spec first, such as PRD.md")
    })?;
    let output = detect::output(&doc.view.analysis.detection);
    let message = summary(&doc, &output);
    let output = serde_json::to_value(output).expect("outputs have string keys only");
    Ok((output, Effect::Message(message)))
}

fn summary(doc: &Doc, it: &detect::Output) -> String {
    let name = doc.document().path.as_ref().map_or("the spec", |it| it.file_name());
    if let Some(reason) = &it.none_reason {
        return format!("{name} needs no backend: {reason}");
    }
    let counts = [
        (it.tables.len(), "table"),
        (it.auth.len(), "sign-in method"),
        (it.storage.len(), "bucket"),
        (it.functions.len(), "function"),
        (it.schedules.len(), "schedule"),
        (it.secrets.len(), "secret"),
        (it.payments.len(), "payment provider"),
        (it.realtime.len(), "channel"),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}{}", if *n == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() {
        return format!("{name} implies no backend yet");
    }
    format!("{name} implies {}", words.join(", "))
}

#[derive(Deserialize)]
struct ShowPlaces {
    locations: Vec<Location>,
}

fn show_places(argument: Value) -> Result<(Value, Effect)> {
    let input: ShowPlaces = read(SHOW_PLACES, argument)?;
    let first = input.locations.first().cloned();
    let locations = json!(input.locations);
    Ok((locations, first.map_or(Effect::None, Effect::Show)))
}

fn read<T: serde::de::DeserializeOwned>(command: &str, argument: Value) -> Result<T> {
    serde_json::from_value(argument).map_err(|error| {
        Error::invalid_params(format!("read the argument of `{command}`: {error}"))
    })
}

/// Places in words, for clients that cannot be led to them.
pub(crate) fn place_in_words(location: &Location) -> String {
    format!("{} line {}", to_proto::file_name(&location.uri), location.range.start.line + 1)
}

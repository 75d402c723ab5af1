//! What a rollback needs of the client: the choice of a checkpoint, open documents brought in line
//! with the disk, and checkpoints' files as documents.

use crate::handlers::execute_command::{Effect, with_cx};
use crate::session::Moment;
use crate::to_proto;
use lsp_types::WorkspaceEdit;
use model::{AbsPath, RelPath};
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};
use workspace::DocumentKey;
use workspace::commands::{self, Choice, Command, Panel};

/// The scheme of files as a checkpoint has them: `specwright-checkpoint:/ID/docs/PRD.md`.
pub(crate) const SCHEME: &str = "specwright-checkpoint";

/// How a command ended, and what the client is to do about it.
pub(crate) struct Done {
    pub(crate) message: String,
    /// Brings open documents in line with the disk.
    pub(crate) edit: Option<WorkspaceEdit>,
    /// Files that changed on disk.
    pub(crate) files: Vec<AbsPath>,
}

/// Lets the author choose among the newest checkpoints.
pub(crate) fn pick(
    moment: &Moment,
    command: &'static Command,
    input: &Value,
) -> Result<(Value, Effect)> {
    /// Clients draw a button for each.
    const N_CHOICES: usize = 6;
    let list = commands::find("checkpoint.list").expect("the registry has it");
    let (output, _) = super::execute_command::run(moment, list, json!({}))?;
    let records = output["checkpoints"].as_array().map(Vec::as_slice).unwrap_or_default();
    if records.is_empty() {
        let message = "there are no checkpoints yet".to_owned();
        return Ok((output, Effect::Message(message)));
    }
    let choice = |it: &Value| {
        let of = |name: &str| it[name].as_str().unwrap_or_default();
        let mut input = if input.is_object() { input.clone() } else { json!({}) };
        input["id"] = it["id"].clone();
        (format!("{} {} {}", of("id"), of("at"), of("label")), input)
    };
    let choices = records.iter().take(N_CHOICES).map(choice).collect();
    let text = "Roll back to which checkpoint? You see what changes before anything does.";
    Ok((output, Effect::Pick { command, text: text.to_owned(), choices }))
}

/// The choice to go through the edits, for a client that shows them.
pub(crate) fn panel_choice(moment: &Moment, command: &Command, output: &Value) -> Option<Choice> {
    moment.profile.previews_edits?;
    commands::panel_choice(command.name, output)
}

/// Makes the checkpoint before, and the edits to go through.
pub(crate) fn open_panel(moment: &Moment, command: &Command, input: Value) -> Result<Effect> {
    let shows = moment.profile.previews_edits.unwrap_or_default();
    let panel = with_cx(moment, |cx| Panel::open(cx, (command.name, input), shows))
        .map_err(|error| to_proto::command_error(&error))?;
    let edit = to_proto::panel_edit(moment, &panel);
    Ok(Effect::Panel(Box::new(panel), edit))
}

/// Goes on when the author has gone through the edits: does the rest, or lets it be.
pub(crate) fn close_panel(moment: &Moment, panel: &Panel, is_applied: bool) -> Result<Effect> {
    let failed = |error| to_proto::command_error(&error);
    if is_applied {
        let output = with_cx(moment, |cx| panel.finish(cx)).map_err(failed)?;
        let output = serde_json::to_value(output).expect("outputs have string keys");
        let all = ("rollback.to", &Value::Null);
        return Ok(Effect::RolledBack(done(moment, all, &output["restored"])));
    }
    let message = match with_cx(moment, |cx| panel.dismiss(cx)).map_err(failed)? {
        true => "nothing was rolled back".to_owned(),
        false => format!(
            "the editor made only some of the edits; the checkpoint {} undoes them",
            panel.before()
        ),
    };
    Ok(Effect::Message(message))
}

/// What is left to do once a rollback was done by the command with its input.
pub(crate) fn done(moment: &Moment, asked: (&str, &Value), restored: &Value) -> Done {
    let list = |name: &str| restored[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let root = moment.root();
    let path = |it: &Value| {
        let below = RelPath::new(it.as_str()?)?;
        root.as_ref().map(|root| root.join(&below))
    };
    let files: Vec<AbsPath> = list("files").iter().filter_map(path).collect();
    let mut message = match restored["before"].as_str() {
        Some(before) => format!(
            "rolled back: {} files, {} databases; checkpoint {before} undoes it",
            list("files").len(),
            list("databases").len()
        ),
        None => "everything is as the checkpoint has it".to_owned(),
    };
    for (name, what) in [
        ("kept", "stayed as they are"),
        ("edited_meanwhile", "were edited meanwhile, and are in that checkpoint"),
    ] {
        if !list(name).is_empty() {
            message += &format!("; {} files {what}", list(name).len());
        }
    }
    let texts: Vec<(DocumentKey, Arc<str>)> = files
        .iter()
        .filter_map(|path| {
            let key = DocumentKey::File(path.clone());
            let shown = moment.snapshot.open_text(&key)?;
            let text = workspace::discover::read_text(&*moment.system, path).ok()?.text;
            let before = restored["before"].as_str().unwrap_or_default();
            let texts = (path, &*shown, &*text);
            let text = with_cx(moment, |cx| commands::followed(cx, asked, before, texts));
            (*shown != *text).then(|| (key, text.into()))
        })
        .collect();
    let edit = (!texts.is_empty() && moment.profile.applies_edits)
        .then(|| to_proto::whole_texts(moment, &texts));
    Done { message, edit, files }
}

/// A file as a checkpoint has it.
pub(crate) fn document(moment: &Moment, uri: &str) -> Result<String> {
    let unknown =
        || Error::invalid_params(format!("read `{uri}`: it names no checkpoint and file"));
    let path = uri.strip_prefix(SCHEME).and_then(|it| it.strip_prefix(":/")).ok_or_else(unknown)?;
    let (id, file) = path.split_once('/').ok_or_else(unknown)?;
    let decoded = url::Url::parse(&format!("file:///{file}")).ok();
    let decoded = decoded.and_then(|it| it.to_file_path().ok()).ok_or_else(unknown)?;
    let below = decoded.strip_prefix("/").map_err(|_| unknown())?.to_string_lossy().into_owned();
    let show = commands::find("checkpoint.show").expect("the registry has it");
    let root = moment.root().ok_or_else(unknown)?;
    let file = root.as_path().join(below).to_string_lossy().into_owned();
    let input = json!({ "id": id, "file": file });
    let (output, _) = super::execute_command::run(moment, show, input)?;
    Ok(output["text"].as_str().unwrap_or_default().to_owned())
}

//! Requests to the client. Each runs on a task of its own with a limit of time: a client that
//! never answers holds up nothing, and no handler waits for one.

use crate::folders;
use crate::handlers::execute_command::{self, Effect, follow_up, place_in_words, run_answered};
use crate::handlers::rollback;
use crate::profile::Profile;
use crate::session::Session;
use lsp_types::{
    ApplyWorkspaceEditParams, ApplyWorkspaceEditRequest, ConfigurationItem,
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, Location,
    LspRequestMethod, MessageActionItem, MessageDirection, MessageType, Registration, Request,
    ShowDocumentParams, Uri, WorkspaceEdit, WorkspaceEditMetadata,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tower_lsp::jsonrpc;
use workspace::commands::{Command, Panel, Question, Says};

/// A client that has not answered by then will not.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// An author who has not decided by then has turned to something else.
const DECIDE_WITHIN: Duration = Duration::from_secs(600);

/// Asks the client to pull its diagnostics again after `delay`.
pub(crate) fn refresh_diagnostics(session: &Arc<Session>, delay: Duration) {
    let client = session.client.clone();
    session.runtime.spawn(async move {
        tokio::time::sleep(delay).await;
        answered("workspace/diagnostic/refresh", client.workspace_diagnostic_refresh()).await;
    });
}

/// Has the client apply an edit that a command made.
pub(crate) fn apply_edit(session: &Arc<Session>, edit: WorkspaceEdit) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let answer = answered("workspace/applyEdit", session.client.apply_edit(edit)).await;
        if let Some(result) = answer.filter(|it| !it.applied) {
            let reason = result.failure_reason.unwrap_or_else(|| "no reason was given".to_owned());
            session
                .show(MessageType::Warning, format!("the editor did not apply the edit: {reason}"));
        }
    });
}

/// Leads the author to a place, or says where it is.
pub(crate) fn show_document(session: &Arc<Session>, location: Location) {
    if !session.profile().shows_documents {
        session.show(MessageType::Info, place_in_words(&location));
        return;
    }
    let client = session.client.clone();
    session.runtime.spawn(async move {
        let params = ShowDocumentParams {
            uri: location.uri,
            external: Some(false),
            take_focus: Some(true),
            selection: Some(location.range),
        };
        answered("window/showDocument", client.show_document(params)).await;
    });
}

/// Opens a page with the program that the machine has for such; tells where it is where the client
/// cannot.
pub(crate) fn open_page(session: &Arc<Session>, uri: Uri) {
    session.show(MessageType::Info, format!("the page is {}", uri.as_str()));
    if !session.profile().shows_documents {
        return;
    }
    let client = session.client.clone();
    session.runtime.spawn(async move {
        let external = Some(true);
        let params = ShowDocumentParams { uri, external, take_focus: None, selection: None };
        answered("window/showDocument", client.show_document(params)).await;
    });
}

/// Asks the author, and runs the command on a yes. A closed dialog, an error and silence are a no.
pub(crate) fn ask(
    session: &Arc<Session>,
    command: &'static Command,
    input: Value,
    (kind, question): (MessageType, Question),
) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let item = |title: &str| MessageActionItem {
            title: title.to_owned(),
            properties: HashMap::default(),
        };
        let labels = question.options.iter().map(|it| item(&it.title));
        let actions = Some(labels.chain([item("Cancel")]).collect());
        let asked = session.client.show_message_request(kind, question.text, actions);
        let answer = tokio::time::timeout(DECIDE_WITHIN, asked).await;
        let said = match &answer {
            Ok(Ok(Some(item))) => question.options.into_iter().find(|it| it.title == item.title),
            _ => None,
        };
        let Some(said) = said else {
            tracing::info!("`{}` was not agreed to", command.name);
            return;
        };
        let says = match said.says {
            Says::Type { field, prompt } => match typed(&session, prompt).await {
                Some(words) => Says::Agree(json!({ field: words, "yes": true })),
                None => return,
            },
            other => other,
        };
        let run = move |it: &_| Ok(run_answered(it, command, input, says));
        if let Ok(effect) = session.answer(run).await {
            let is_done = matches!(effect, Effect::Written(..));
            follow_up(&session, effect);
            if is_done {
                // What was asked about is done; other findings stay.
                crate::council::refresh(&session);
            }
            session.late.saved();
            session.refresh_views();
            // What is applied now, specs are held against anew.
            folders::scan(&session);
        }
    });
}

/// Lets the author choose among inputs, and starts the command with the chosen one. A closed dialog,
/// an error and silence choose none.
pub(crate) fn pick(
    session: &Arc<Session>,
    command: &'static Command,
    text: String,
    choices: Vec<(String, Value)>,
) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let item = |title: &str| MessageActionItem {
            title: title.to_owned(),
            properties: HashMap::default(),
        };
        let titles = choices.iter().map(|(title, _)| item(title));
        let actions = Some(titles.chain([item("Cancel")]).collect());
        let asked = session.client.show_message_request(MessageType::Info, text, actions);
        let Ok(Ok(Some(chosen))) = tokio::time::timeout(DECIDE_WITHIN, asked).await else { return };
        let Some((_, input)) = choices.into_iter().find(|(title, _)| *title == chosen.title) else {
            return;
        };
        let run = move |it: &_| execute_command::run(it, command, input);
        match session.answer(run).await {
            Ok((_, effect)) => follow_up(&session, effect),
            Err(error) => session.show(MessageType::Error, error.message.into_owned()),
        }
    });
}

/// Shows the edits of a rollback, and does the rest when the author has agreed to them. An author
/// who turns to something else leaves the checkpoint behind: the edits may still be made later.
pub(crate) fn panel(session: &Arc<Session>, panel: Box<Panel>, edit: WorkspaceEdit) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        // Editors save what a refactoring changed, so that disk and documents agree.
        let metadata = WorkspaceEditMetadata { is_refactoring: Some(true) };
        let params = ApplyWorkspaceEditParams {
            label: Some(panel.title.clone()),
            edit,
            metadata: session.profile().reads_edit_metadata.then_some(metadata),
        };
        let asked = session.client.send_request::<ApplyWorkspaceEditRequest>(params);
        let is_applied = match tokio::time::timeout(DECIDE_WITHIN, asked).await {
            Ok(Ok(it)) => it.applied,
            Ok(Err(error)) => {
                tracing::warn!("the client refused the edits: {}", error.message);
                false
            }
            Err(_) => return,
        };
        let close = move |it: &_| rollback::close_panel(it, &panel, is_applied);
        match session.answer(close).await {
            Ok(effect) => follow_up(&session, effect),
            Err(error) => session.show(MessageType::Error, error.message.into_owned()),
        }
        session.late.saved();
        session.refresh_views();
        folders::scan(&session);
    });
}

/// Runs the command with what the author types in a field of its input.
pub(crate) fn type_in(
    session: &Arc<Session>,
    command: &'static Command,
    mut input: Value,
    (field, prompt): (&'static str, &'static str),
) {
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let Some(words) = typed(&session, prompt).await else { return };
        input[field] = json!(words);
        let run = move |it: &_| execute_command::run(it, command, input);
        match session.answer(run).await {
            Ok((_, effect)) => follow_up(&session, effect),
            Err(error) => session.show(MessageType::Error, error.message.into_owned()),
        }
    });
}

/// A line that the author types; `None` when there is none, or none in time.
async fn typed(session: &Session, prompt: &str) -> Option<String> {
    let params = InputParams { prompt: prompt.to_owned() };
    let asked = session.client.send_request::<Input>(params);
    let answer = tokio::time::timeout(DECIDE_WITHIN, asked).await.ok()?.ok()?;
    answer.map(|it| it.value).filter(|it| !it.trim().is_empty())
}

/// `specwright/input`, which clients announce as `experimental.input`: a line of text.
enum Input {}

#[derive(Debug, Serialize, Deserialize)]
struct InputParams {
    prompt: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct InputResult {
    value: String,
}

impl Request for Input {
    type Params = InputParams;
    /// `null` when the author has closed it.
    type Result = Option<InputResult>;
    const METHOD: LspRequestMethod<'static> = LspRequestMethod::Custom("specwright/input");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}

/// Asks the client to draw lenses, hints and tokens again, as far as it can be asked.
pub(crate) fn refresh_views(session: &Arc<Session>) {
    let (client, profile) = (session.client.clone(), session.profile());
    session.runtime.spawn(async move {
        if profile.refreshes_lenses {
            answered("workspace/codeLens/refresh", client.code_lens_refresh()).await;
        }
        if profile.refreshes_hints {
            answered("workspace/inlayHint/refresh", client.inlay_hint_refresh()).await;
        }
        if profile.refreshes_tokens {
            answered("workspace/semanticTokens/refresh", client.semantic_tokens_refresh()).await;
        }
    });
}

/// Registers what the client wants to be registered, and asks for its settings.
pub(crate) fn start(session: &Arc<Session>) {
    let registrations = registrations(&session.profile());
    if !registrations.is_empty() {
        let client = session.client.clone();
        session.runtime.spawn(async move {
            let registered = client.register_capability(registrations);
            answered("client/registerCapability", registered).await;
        });
    }
    pull_settings(session);
}

fn registrations(profile: &Profile) -> Vec<Registration> {
    let mut out = Vec::new();
    if profile.registers_watched_files {
        let watcher = |glob: &str| FileSystemWatcher {
            glob_pattern: GlobPattern::Pattern(glob.to_owned()),
            kind: None,
        };
        let globs = [
            "**/*.{md,markdown,mdx,txt}",
            "**/forge/migrations/*.{yaml,yml}",
            "**/forge/forge.yaml",
            "**/specwright.toml",
            "**/.gitignore",
        ];
        let watchers = globs.map(watcher).to_vec();
        let options = json!(DidChangeWatchedFilesRegistrationOptions { watchers });
        out.push(registration("workspace/didChangeWatchedFiles", Some(options)));
    }
    if profile.registers_configuration {
        let options = json!({ "section": "specwright" });
        out.push(registration("workspace/didChangeConfiguration", Some(options)));
    }
    out
}

fn registration(method: &str, register_options: Option<Value>) -> Registration {
    Registration { id: format!("specwright/{method}"), method: method.to_owned(), register_options }
}

/// Asks for the client's settings and takes them when they come.
pub(crate) fn pull_settings(session: &Arc<Session>) {
    if !session.profile().gives_configuration {
        return;
    }
    let session = Arc::clone(session);
    session.runtime.clone().spawn(async move {
        let section = Some("specwright".to_owned());
        let items = vec![ConfigurationItem { scope_uri: None, section }];
        let asked = session.client.configuration(items);
        let Some(values) = answered("workspace/configuration", asked).await else { return };
        if let Some(value) = values.into_iter().next().filter(|it| !it.is_null()) {
            take_settings(&session, value);
        }
    });
}

/// Takes the client's settings and, if they changed anything, reads all of them again.
pub(crate) fn take_settings(session: &Arc<Session>, value: Value) {
    let mut world = session.world();
    let is_new = world.editor_settings.as_ref() != Some(&value);
    world.editor_settings = Some(value);
    drop(world);
    if is_new {
        let session = Arc::clone(session);
        session.runtime.clone().spawn_blocking(move || folders::reload_settings(&session));
    }
}

/// Waits for the client's answer; `None` when there is none or it is an error, which is logged.
pub(crate) async fn answered<T>(
    method: &str,
    answer: impl Future<Output = jsonrpc::Result<T>>,
) -> Option<T> {
    match tokio::time::timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!("the client refused `{method}`: {}", error.message);
            None
        }
        Err(_) => {
            tracing::warn!("the client did not answer `{method}`");
            None
        }
    }
}

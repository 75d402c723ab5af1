//! `workspace/executeCommand`: the registry's commands by their names, and the few of this front.

use crate::handlers::code_action::{self, ActionId};
use crate::handlers::rollback;
use crate::handlers::text_document::Page;
use crate::session::{Doc, Moment, Session, content_modified};
use crate::{council, folders, tasks, to_proto};
use lsp_types::{ExecuteCommandParams, Location, MessageType, Uri};
use model::{AbsPath, RelPath, Span};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};
use workspace::DocumentKey;
use workspace::commands::question::Says;
use workspace::commands::{self, COMMANDS, Command, CommandCx, FileEdit, Panel, detect};
use workspace::features::actions::{Act, fix_all};
use workspace::features::lenses::summary;
use workspace::settings::FILE_NAME;

/// Applies a code action, for clients that read actions as commands only.
pub(crate) const APPLY: &str = "specwright.applyAction";
/// Tells what a spec implies; without an argument, that of the document opened or edited last.
pub(crate) const SHOW_DETECTION: &str = "specwright.showDetection";
/// Applies all safe mends of a document, by default the one opened or edited last.
pub(crate) const FIX_DOCUMENT: &str = "specwright.fixDocument";
/// Shows what a migration spec will do, by default the one opened or edited last.
pub(crate) const SHOW_PLAN: &str = "specwright.showPlan";
/// Shows what is applied in the folder that the author works in, as an agent is told it.
pub(crate) const SHOW_CONTEXT: &str = "specwright.showContext";
/// Shows what happened in the folder that the author works in: the latest entries of the audit chain.
pub(crate) const SHOW_AUDIT_LOG: &str = "specwright.showAuditLog";
/// Shows a review of the council as a page: the one that has a finding, by default the latest.
pub(crate) const SHOW_REVIEW: &str = "specwright.showReview";
/// Has the council review what a spec says otherwise than its last commit, by default the spec opened
/// or edited last.
pub(crate) const REVIEW_SPEC: &str = "specwright.reviewSpec";
/// Leads to the first of some places.
pub(crate) const SHOW_PLACES: &str = "specwright.showPlaces";
/// A command of the client, if it says that it has it: `(uri, position, locations)`.
pub(crate) const SHOW_REFERENCES: &str = "specwright.showReferences";

/// The names that `initialize` offers.
pub(crate) fn names() -> Vec<String> {
    let own = [
        APPLY,
        SHOW_DETECTION,
        FIX_DOCUMENT,
        SHOW_PLAN,
        SHOW_CONTEXT,
        SHOW_AUDIT_LOG,
        SHOW_REVIEW,
        REVIEW_SPEC,
        SHOW_PLACES,
    ];
    let own = own.map(str::to_owned).into_iter();
    own.chain(COMMANDS.iter().map(|it| it.lsp_name())).collect()
}

/// What is left to do with the client once a command has run.
pub(crate) enum Effect {
    None,
    Edit(lsp_types::WorkspaceEdit),
    Message(String),
    Show(Location),
    /// Opens a page outside of the editor.
    OpenPage(Uri),
    /// Goes on with the command and `input` once the author says something to it.
    Ask {
        command: &'static Command,
        input: Value,
        question: commands::Question,
        /// How grave it is.
        kind: MessageType,
        /// To be read before.
        preview: Option<Location>,
        /// What the council found in what is asked for.
        findings: Option<Vec<commands::FindingData>>,
    },
    /// Runs the command with what the author types in a field of its input.
    Type {
        command: &'static Command,
        input: Value,
        field: &'static str,
        prompt: &'static str,
    },
    /// The council was asked: what it found is shown beside what stands, and its verdict told.
    Reviewed(Vec<commands::FindingData>, String),
    /// Something was said to the council: what it found is shown as it counts now.
    Answered(String),
    /// Files that the server wrote itself, and how to say so.
    Written(Vec<String>, String),
    /// Runs the command with what the author picks.
    Pick {
        command: &'static Command,
        text: String,
        /// What is shown, and the input that it stands for.
        choices: Vec<(String, Value)>,
    },
    /// A rollback was done: open documents follow.
    RolledBack(rollback::Done),
    /// A rollback waits for an author who goes through its edits.
    Panel(Box<Panel>, lsp_types::WorkspaceEdit),
}

pub(crate) fn execute_command(
    moment: &Moment,
    params: ExecuteCommandParams,
) -> Result<(Value, Effect)> {
    let argument = params.arguments.unwrap_or_default().into_iter().next().unwrap_or_default();
    match params.command.as_str() {
        APPLY => apply(moment, argument),
        SHOW_DETECTION => show_detection(moment, argument),
        FIX_DOCUMENT => fix_document(moment, argument),
        SHOW_PLAN => show_plan(moment, argument),
        SHOW_CONTEXT => show_page(moment, SHOW_CONTEXT, Page::Applied),
        SHOW_AUDIT_LOG => show_page(moment, SHOW_AUDIT_LOG, Page::AuditLog),
        SHOW_REVIEW => council::show_review(moment, &argument),
        REVIEW_SPEC => review_spec(moment, argument),
        SHOW_PLACES => show_places(argument),
        name => match COMMANDS.iter().find(|it| it.lsp_name() == name) {
            Some(command) => run(moment, command, argument),
            None => Err(Error::invalid_params(format!(
                "there is no command `{name}`; the server's capabilities list all"
            ))),
        },
    }
}

/// What a command of the registry may use, in the folder that the author works in.
pub(crate) fn with_cx<T>(moment: &Moment, act: impl FnOnce(&CommandCx<'_>) -> T) -> T {
    with_cx_in(moment, moment.root(), act)
}

/// The same in another folder.
fn with_cx_in<T>(
    moment: &Moment,
    root: Option<AbsPath>,
    act: impl FnOnce(&CommandCx<'_>) -> T,
) -> T {
    let file = moment.latest.as_ref().and_then(|it| match it {
        DocumentKey::File(path) => AbsPath::new(path.as_path().parent()?),
        DocumentKey::Untitled(_) => None,
    });
    let anywhere = AbsPath::new(std::path::Path::new(if cfg!(windows) { "C:\\" } else { "/" }));
    let cwd = root.clone().or(file).or(anywhere).expect("the root of all files is a path");
    let settings = root.as_ref().map(|it| DocumentKey::File(it.join(&settings_file())));
    act(&CommandCx {
        system: &*moment.system,
        cwd,
        settings: settings.map(|it| moment.settings(&it)).unwrap_or_default(),
        root,
        snapshot: moment.snapshot.clone(),
        client: moment.profile.client.clone(),
        problems: moment.problems.values().flatten().map(|it| it.problem.message.clone()).collect(),
        progress: &|_, _| true,
    })
}

/// Runs a command of the registry.
pub(crate) fn run(
    moment: &Moment,
    command: &'static Command,
    input: Value,
) -> Result<(Value, Effect)> {
    if command.name == "rollback.to" && input["id"].is_null() {
        return rollback::pick(moment, command, &input);
    }
    if let Some(effect) = council::missing(moment, command, &input) {
        return Ok((Value::Null, effect));
    }
    // A rollback is agreed to by the digest of what it will do.
    let is_agreed = input.get("yes").is_some_and(|it| *it == json!(true) || it.is_string());
    let wanted = input.clone();
    let output = with_cx(moment, |cx| command.run(cx, input))
        .map_err(|error| to_proto::command_error(&error))?;
    if command.service() == "rollback" && is_agreed {
        let effect = match commands::second_question(&output) {
            Some(question) => {
                let (preview, findings) = (None, Default::default());
                let (input, kind) = (wanted, MessageType::Warning);
                Effect::Ask { command, input, question, kind, preview, findings }
            }
            None => {
                let asked = (command.name, &wanted);
                Effect::RolledBack(rollback::done(moment, asked, &output["restored"]))
            }
        };
        return Ok((output, effect));
    }
    if command.name == "council.review" && output.get("requests").is_none() {
        let findings = serde_json::from_value(output["findings"].clone()).unwrap_or_default();
        let told = commands::told(command.name, &output).unwrap_or_default();
        return Ok((output, Effect::Reviewed(findings, told)));
    }
    // The typed reason is what a person has said.
    if command.service() == "council" && command.effect == commands::Effect::Write {
        let message = council::answered(&output);
        return Ok((output, Effect::Answered(message)));
    }
    if command.gate == commands::Gate::Human && !is_agreed {
        return Ok(ask(moment, command, wanted, output));
    }
    if let Some(page) = output["open"].as_str() {
        let effect = open_page(page);
        return Ok((output, effect));
    }
    let effect = match command.effect {
        commands::Effect::Write => edit_effect(moment, &output)?,
        _ => Effect::None,
    };
    let told = || commands::told(command.name, &output).map_or(Effect::None, Effect::Message);
    let effect = if matches!(effect, Effect::None) { told() } else { effect };
    Ok((output, effect))
}

/// A page for the browser.
fn open_page(page: &str) -> Effect {
    let uri = AbsPath::new(std::path::Path::new(page));
    let uri = uri.and_then(|it| Uri::from_file_path(it.as_path()).ok());
    uri.map_or(Effect::None, Effect::OpenPage)
}

/// What was run so far changed nothing: the author decides now.
fn ask(
    moment: &Moment,
    command: &'static Command,
    mut input: Value,
    output: Value,
) -> (Value, Effect) {
    let question = match commands::question(command.name, &output) {
        // The caller's own affair: without a yes it has only been told what would be.
        Err(_) => return (output, Effect::None),
        Ok(None) => return (output, Effect::Message("there is nothing to do".to_owned())),
        Ok(Some(mut question)) => {
            question.options.extend(rollback::panel_choice(moment, command, &output));
            question
        }
    };
    // A rollback keeps what is not saved, and a proof is of what was done.
    let is_of_files = !matches!(command.service(), "rollback" | "proof");
    if let Some(unsaved) = unsaved_migration(moment).filter(|_| is_of_files) {
        let message = format!("`{unsaved}` is not saved: save it first, files are what is run");
        return (output, Effect::Message(message));
    }
    let findings = findings_of(&output);
    if !input.is_object() {
        input = json!({});
    }
    let preview = commands::preview(command.name, &output);
    let preview = preview.and_then(|it| page(moment, "provision.diff", &it));
    if let Some(question) = commands::stopped(&output) {
        let question = council::askable(moment, command, question);
        let kind = MessageType::Error;
        return (output, Effect::Ask { command, input, question, kind, preview, findings });
    }
    if output["council"]["verdict"] == "needs_acknowledgement" {
        // The question names what is acknowledged; another review has another digest.
        input["acknowledge"] = json!([output["council"]["digest"]]);
    }
    let kind = MessageType::Warning;
    (output, Effect::Ask { command, input, question, kind, preview, findings })
}

/// Writes what is to be read where the editor can show it.
pub(crate) fn page(moment: &Moment, name: &str, text: &str) -> Option<Location> {
    let path = RelPath::new(&format!(".specwright/plans/{name}"))?;
    let root = moment.root()?;
    if let Err(error) = commands::write_private(&*moment.system, &root, &path, text) {
        tracing::warn!("write `{path}`: {}", error.message);
        return None;
    }
    let uri = Uri::from_file_path(root.join(&path).as_path()).ok()?;
    Some(Location { uri, range: lsp_types::Range::default() })
}

/// What the council found, if it was heard.
fn findings_of(output: &Value) -> Option<Vec<commands::FindingData>> {
    serde_json::from_value(output["council"]["findings"].clone()).ok()
}

/// A migration spec whose text in the editor is not that on disk.
fn unsaved_migration(moment: &Moment) -> Option<String> {
    let sets = moment.snapshot.migrations();
    let mut keys = sets.iter().flat_map(|it| moment.snapshot.keys(*it));
    let unsaved = keys.find(|key| {
        let DocumentKey::File(path) = key else { return false };
        let on_disk = || workspace::discover::read_text(&*moment.system, path).ok();
        let shown = moment.snapshot.open_text(key);
        shown.is_some_and(|shown| on_disk().is_none_or(|it| it.text != shown))
    })?;
    match unsaved {
        DocumentKey::File(path) => Some(path.to_string()),
        DocumentKey::Untitled(name) => Some(name.clone()),
    }
}

/// Takes over what the author has agreed to.
fn agree(input: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
}

/// Goes on with what the author has said: does it, or asks what is still open.
pub(crate) fn run_answered(
    moment: &Moment,
    command: &'static Command,
    mut input: Value,
    says: Says,
) -> Effect {
    match says {
        Says::Yes => input["yes"] = json!(true),
        Says::Agree(fields) => agree(&mut input, &fields),
        Says::Answers(answers) => {
            let mut all = input["answer"].as_array().cloned().unwrap_or_default();
            all.extend(answers.into_iter().map(Value::from));
            input["answer"] = Value::Array(all);
        }
        Says::Panel(fields) => {
            agree(&mut input, &fields);
            let opened = rollback::open_panel(moment, command, input);
            return opened.unwrap_or_else(|error| Effect::Message(error.message.into_owned()));
        }
        Says::Read(text) => {
            return page(moment, "review.md", &text).map_or(Effect::Message(text), Effect::Show);
        }
        // Who asks for words gives them as fields.
        Says::Type { .. } => return Effect::None,
    }
    let is_done = input.get("yes") == Some(&json!(true));
    match run(moment, command, input) {
        Ok((output, Effect::None)) if is_done => {
            let message = format!("`{}` is done", command.name);
            Effect::Written(written(moment, &output), message)
        }
        Ok((_, effect)) => effect,
        Err(error) => Effect::Message(error.message.into_owned()),
    }
}

/// The files of the workspace that a command has written by itself.
fn written(moment: &Moment, output: &Value) -> Vec<String> {
    let Some(root) = moment.root() else { return Vec::new() };
    let files = output["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let paths = files.iter().filter_map(|it| RelPath::new(it["path"].as_str()?));
    paths.map(|it| root.join(&it).to_string()).collect()
}

fn settings_file() -> RelPath {
    RelPath::new(FILE_NAME).expect("the name of the settings file is a path")
}

/// The edits of a command that changes files: in the editor where it can, else on disk.
fn edit_effect(moment: &Moment, output: &Value) -> Result<Effect> {
    let Some(files) = output.get("edits") else { return Ok(Effect::None) };
    let files: Vec<FileEdit> = serde_json::from_value(files.clone())
        .map_err(|error| Error::invalid_params(format!("read the command's edits: {error}")))?;
    if files.is_empty() {
        return Ok(Effect::Message("nothing to change".to_owned()));
    }
    let exists = |it: &FileEdit| std::path::Path::new(&it.path).exists();
    if moment.profile.applies_edits && files.iter().all(exists) {
        return Ok(Effect::Edit(to_proto::file_edits(moment, &files)));
    }
    let is_open = |it: &FileEdit| {
        let path = AbsPath::new(std::path::Path::new(&it.path));
        path.is_some_and(|it| moment.open.contains_key(&DocumentKey::File(it)))
    };
    if files.iter().any(is_open) {
        return Err(Error::invalid_params(
            "change an open file: the editor does not take edits from a server; use the command line",
        ));
    }
    commands::write_edits(&*moment.system, &files)
        .map_err(|error| to_proto::command_error(&error))?;
    let names: Vec<&str> = files.iter().map(|it| it.path.as_str()).collect();
    Ok(Effect::Written(
        files.iter().map(|it| it.path.clone()).collect(),
        format!("wrote {}", names.join(", ")),
    ))
}

/// Carries out what the command left to do; on a task of its own, since the client may first wait
/// for the command's answer.
pub(crate) fn follow_up(session: &Arc<Session>, effect: Effect) {
    match effect {
        Effect::None => {}
        Effect::Edit(edit) => tasks::apply_edit(session, edit),
        Effect::Message(message) => session.show(MessageType::Info, message),
        Effect::Written(files, message) => {
            let paths = files.iter().filter_map(|it| AbsPath::new(std::path::Path::new(it)));
            folders::files_changed(session, paths.collect::<Vec<_>>());
            session.show(MessageType::Info, message);
        }
        Effect::Show(location) => tasks::show_document(session, location),
        Effect::OpenPage(uri) => tasks::open_page(session, uri),
        Effect::Type { command, input, field, prompt } => {
            tasks::type_in(session, command, input, (field, prompt));
        }
        Effect::Reviewed(findings, message) => {
            session.show(MessageType::Info, message);
            council::show_beside_standing(session, findings);
        }
        Effect::Answered(message) => {
            session.show(MessageType::Info, message);
            council::refresh(session);
        }
        Effect::Ask { command, input, question, kind, preview, findings } => {
            if let Some(findings) = findings {
                council::show(session, &findings);
            }
            if let Some(location) = preview {
                tasks::show_document(session, location);
            }
            tasks::ask(session, command, input, (kind, question));
        }
        Effect::Pick { command, text, choices } => tasks::pick(session, command, text, choices),
        Effect::RolledBack(done) => {
            if let Some(edit) = done.edit {
                tasks::apply_edit(session, edit);
            }
            folders::files_changed(session, done.files);
            session.show(MessageType::Info, done.message);
        }
        Effect::Panel(panel, edit) => tasks::panel(session, panel, edit),
    }
}

fn apply(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let id: ActionId = read(APPLY, argument)?;
    let edit = code_action::edit_of(moment, &id).ok_or_else(content_modified)?;
    Ok((Value::Null, Effect::Edit(edit)))
}

#[derive(Deserialize)]
struct OfDocument {
    uri: Option<Uri>,
}

/// The document that is named, or else the latest: palettes send no arguments.
fn document(moment: &Moment, command: &str, argument: Value) -> Result<Doc> {
    let argument = if argument.is_null() { json!({}) } else { argument };
    let input: OfDocument = read(command, argument)?;
    let doc = match &input.uri {
        Some(uri) => moment.doc(uri),
        None => moment.latest.as_ref().and_then(|it| moment.doc_of(it)),
    };
    doc.ok_or_else(|| {
        Error::invalid_params(format!("run `{command}`: open a spec first, such as PRD.md"))
    })
}

fn review_spec(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let doc = document(moment, REVIEW_SPEC, argument)?;
    let DocumentKey::File(path) = doc.key(doc.id) else {
        return Err(Error::invalid_params("review the edit of a spec: save it first"));
    };
    let command = commands::find("council.review").expect("it is in the registry");
    run(moment, command, json!({ "spec": [path.to_string()] }))
}

fn show_detection(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let doc = document(moment, SHOW_DETECTION, argument)?;
    let backend = detect::output(&doc.view.analysis.detection);
    let name = doc.document().path.as_ref().map_or("the spec", |it| it.file_name());
    let whole = Span::new(0, doc.document().text.len());
    let message = match (&backend.none_reason, summary(&doc.view, doc.id, whole)) {
        (Some(reason), _) => format!("{name} needs no backend: {reason}"),
        (None, Some(summary)) => format!("{name} implies {summary}"),
        (None, None) => format!("{name} implies no backend yet"),
    };
    let output = serde_json::to_value(backend).expect("outputs have string keys only");
    Ok((output, Effect::Message(message)))
}

fn fix_document(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let doc = document(moment, FIX_DOCUMENT, argument)?;
    let effect = match fix_all(&doc.view, doc.id).map(|it| it.act) {
        Some(Act::Edit(edits)) => Effect::Edit(to_proto::workspace_edit(moment, &edits)),
        _ => Effect::Message("nothing here can be mended safely by itself".to_owned()),
    };
    Ok((Value::Null, effect))
}

/// Writes the plan where only the server writes, and opens it.
fn show_plan(moment: &Moment, argument: Value) -> Result<(Value, Effect)> {
    let doc = document(moment, SHOW_PLAN, argument)?;
    let text = plan_text(&doc).ok_or_else(|| {
        Error::invalid_params(format!("run `{SHOW_PLAN}`: open a migration spec first"))
    })?;
    let output = json!({ "text": text });
    if moment.profile.reads_text_documents {
        let uri = doc.uri(doc.id).and_then(|it| crate::handlers::text_document::plan_uri(&it));
        let range = lsp_types::Range::default();
        let effect = uri.map_or(Effect::None, |uri| Effect::Show(Location { uri, range }));
        return Ok((output, effect));
    }
    let file = doc.document().path.as_ref().map_or("plan", |it| it.file_name());
    let path = RelPath::new(&format!(".specwright/plans/{file}.sql"));
    let (Some(root), Some(path)) = (moment.root(), path) else {
        return Ok((output, Effect::Message(text)));
    };
    commands::write_private(&*moment.system, &root, &path, &text)
        .map_err(|error| to_proto::command_error(&error))?;
    let uri = Uri::from_file_path(root.join(&path).as_path());
    let range = lsp_types::Range::default();
    let shown = uri.map(|uri| Effect::Show(Location { uri, range }));
    Ok((output, shown.unwrap_or(Effect::None)))
}

/// The plan of a migration spec as SQL with comments; `None` for any other document.
pub(crate) fn plan_text(doc: &Doc) -> Option<String> {
    workspace::migrations::of(&doc.view, doc.id).map(|it| workspace::migrations::plan::text(it))
}

/// Opens a page about the folder as a document, or writes it where only the server writes.
fn show_page(moment: &Moment, command: &str, page: Page) -> Result<(Value, Effect)> {
    let root = moment
        .root()
        .ok_or_else(|| Error::invalid_params(format!("run `{command}`: open a folder first")))?;
    let text = page.text(moment, &root)?;
    let output = json!({ "text": text });
    let at = |uri: Uri| Effect::Show(Location { uri, range: lsp_types::Range::default() });
    let folder = Uri::from_file_path(root.as_path()).ok();
    if moment.profile.reads_text_documents {
        let uri = folder.and_then(|it| page.uri(&it));
        return Ok((output, uri.map_or(Effect::None, at)));
    }
    let path = RelPath::new(&format!(".specwright/{}", page.file_name())).expect("it is a path");
    commands::write_private(&*moment.system, &root, &path, &text)
        .map_err(|error| to_proto::command_error(&error))?;
    let uri = Uri::from_file_path(root.join(&path).as_path()).ok();
    Ok((output, uri.map_or(Effect::None, at)))
}

/// What is applied in a folder, or that nothing is.
pub(crate) fn applied_text(moment: &Moment, root: &AbsPath) -> Result<String> {
    let input = commands::context::Input::default();
    let output = with_cx_in(moment, Some(root.clone()), |cx| commands::context::run(cx, &input));
    let output = output.map_err(|error| to_proto::command_error(&error))?;
    Ok(output.text.unwrap_or_else(|| "Nothing is applied yet.\n".to_owned()))
}

/// What happened in a folder, as a page.
pub(crate) fn audit_text(moment: &Moment, root: &AbsPath) -> Result<String> {
    let page = with_cx_in(moment, Some(root.clone()), commands::audit_log::page);
    page.map_err(|error| to_proto::command_error(&error))
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

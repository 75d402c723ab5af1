//! `textDocument/codeAction`: what can be done in the range.
//!
//! Diagnostics are looked up by range, never taken from the request: some clients send none.

use crate::handlers::code_lens;
use crate::handlers::execute_command::APPLY;
use crate::session::{Doc, Moment};
use crate::{council, from_proto, to_proto};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Command, WorkspaceEdit,
};
use model::Span;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use workspace::DocumentKey;
use workspace::features::actions::{Act, Action, ActionKind, actions};

pub(crate) const FIX_ALL: &str = "source.fixAll.specwright";
const SILENCE: &str = "specwright.rule.silence";

/// Which action is meant; comes back in `codeAction/resolve` and in [`APPLY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActionId {
    uri: lsp_types::Uri,
    version: Option<i32>,
    start: u32,
    end: u32,
    kind: String,
    title: String,
    /// The rule of the diagnostic that it mends: titles repeat.
    rule: Option<String>,
}

pub(crate) fn code_action(
    moment: &Moment,
    params: CodeActionParams,
) -> Result<Option<Vec<CodeActionResponse>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    let doc = doc.with_late();
    let span = from_proto::span(&doc, params.range);
    let only = params.context.only.unwrap_or_default();
    let all = actions(&doc.view, doc.id, span).into_iter();
    let wanted = all.filter(|it| is_wanted(&kind(it.kind), &only));
    let mut out: Vec<CodeActionResponse> = wanted.map(|it| dress(&doc, span, it)).collect();
    if is_wanted(&CodeActionKind::QuickFix, &only) {
        out.extend(council_actions(&doc, span));
    }
    if is_wanted(&CodeActionKind::Source, &only) && !only.is_empty() || !doc.profile.draws_lenses {
        out.extend(lens_actions(&doc, span));
    }
    Ok(Some(out))
}

fn kind(it: ActionKind) -> CodeActionKind {
    match it {
        ActionKind::QuickFix => CodeActionKind::QuickFix,
        ActionKind::Refactor => CodeActionKind::Refactor,
        ActionKind::FixAll => CodeActionKind::Custom(FIX_ALL.into()),
    }
}

/// `only` names kinds and, by prefix, their sub-kinds. Source actions come only when asked for.
fn is_wanted(kind: &CodeActionKind, only: &[CodeActionKind]) -> bool {
    let kind = kind.as_str();
    if only.is_empty() {
        return !kind.starts_with("source");
    }
    let below = |it: &str| it.is_empty() || it.starts_with('.');
    only.iter()
        .any(|it| it.as_str().is_empty() || kind.strip_prefix(it.as_str()).is_some_and(below))
}

fn dress(doc: &Doc, span: Span, action: Action) -> CodeActionResponse {
    let edits = match action.act {
        Act::SilenceInWorkspace { rule } => return silence(doc, &action, rule),
        Act::Run { command, ref input } => return run(doc, &action, command, input),
        Act::Edit(ref edits) => edits,
    };
    let id = json!(id(doc, span, &action));
    if !doc.profile.reads_action_literals {
        return CodeActionResponse::Command(command(action.title, APPLY, id));
    }
    let resolves = doc.profile.resolves_action_edits;
    CodeActionResponse::CodeAction(CodeAction {
        edit: (!resolves).then(|| to_proto::workspace_edit(&doc.moment, edits)),
        data: resolves.then_some(id),
        ..literal(doc, &action)
    })
}

/// The settings are another file, which may not exist yet: a command writes it.
fn silence(doc: &Doc, action: &Action, rule: &str) -> CodeActionResponse {
    let file = match doc.key(doc.id) {
        DocumentKey::File(path) => Some(path.to_string()),
        DocumentKey::Untitled(_) => None,
    };
    let argument = json!({ "rule": rule, "scope": "workspace", "file": file });
    let command = command(action.title.clone(), SILENCE, argument);
    if !doc.profile.reads_action_literals {
        return CodeActionResponse::Command(command);
    }
    CodeActionResponse::CodeAction(CodeAction { command: Some(command), ..literal(doc, action) })
}

/// A command of the registry, which asks before it does anything.
fn run(doc: &Doc, action: &Action, name: &str, input: &serde_json::Value) -> CodeActionResponse {
    let known = workspace::commands::find(name).expect("features name commands of the registry");
    let command = command(action.title.clone(), &known.lsp_name(), input.clone());
    if !doc.profile.reads_action_literals {
        return CodeActionResponse::Command(command);
    }
    CodeActionResponse::CodeAction(CodeAction { command: Some(command), ..literal(doc, action) })
}

/// What can be said to the council's findings.
fn council_actions(doc: &Doc, span: Span) -> Vec<CodeActionResponse> {
    let answers = council::answers(doc, span).into_iter();
    answers
        .map(|(told, title, name, argument)| {
            let command = command(title.clone(), &name, argument);
            if !doc.profile.reads_action_literals {
                return CodeActionResponse::Command(command);
            }
            CodeActionResponse::CodeAction(CodeAction {
                title,
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![to_proto::told(doc, &told)]),
                command: Some(command),
                ..CodeAction::default()
            })
        })
        .collect()
}

/// The parts of an action that do not depend on what it does.
fn literal(doc: &Doc, action: &Action) -> CodeAction {
    let diagnostic = action.diagnostic.and_then(|it| doc.view.analysis.diagnostics.get(it));
    let preferred = doc.profile.reads_preferred_actions && action.preferred;
    CodeAction {
        title: action.title.clone(),
        kind: Some(kind(action.kind)),
        diagnostics: diagnostic.map(|it| vec![to_proto::told(doc, &doc.told(it))]),
        is_preferred: preferred.then_some(true),
        ..CodeAction::default()
    }
}

fn command(title: String, command: &str, argument: serde_json::Value) -> Command {
    let arguments = Some(vec![argument]);
    Command { title, command: command.to_owned(), arguments, tooltip: None }
}

/// Lenses for clients that draw none, and for those that ask for source actions.
fn lens_actions(doc: &Doc, span: Span) -> Vec<CodeActionResponse> {
    let lenses = code_lens::all(doc);
    let at_line = |it: &Span| {
        let lines = &doc.document().lines;
        it.is_empty() || lines.line(it.range().start) == lines.line(span.range().start)
    };
    let lenses = lenses.into_iter().filter(|it| at_line(&it.span) || it.span.overlaps(span));
    lenses
        .map(|it| {
            let command = code_lens::command(doc, &it);
            if !doc.profile.reads_action_literals {
                return CodeActionResponse::Command(command);
            }
            CodeActionResponse::CodeAction(CodeAction {
                title: it.title,
                kind: Some(CodeActionKind::Source),
                command: Some(command),
                ..CodeAction::default()
            })
        })
        .collect()
}

fn id(doc: &Doc, span: Span, action: &Action) -> ActionId {
    let diagnostic = action.diagnostic.and_then(|it| doc.view.analysis.diagnostics.get(it));
    ActionId {
        uri: doc.uri(doc.id).expect("the client named it"),
        version: doc.version(doc.id),
        start: span.start,
        end: span.end,
        kind: kind(action.kind).as_str().to_owned(),
        title: action.title.clone(),
        rule: diagnostic.map(|it| it.rule.to_owned()),
    }
}

/// The edit of an action that was offered before; `None` when the text has changed since.
pub(crate) fn edit_of(moment: &Moment, wanted: &ActionId) -> Option<WorkspaceEdit> {
    let doc = moment.doc(&wanted.uri)?.with_late();
    if doc.version(doc.id) != wanted.version {
        return None;
    }
    let span = Span { start: wanted.start, end: wanted.end };
    let mut all = actions(&doc.view, doc.id, span).into_iter();
    let action = all.find(|it| id(&doc, span, it) == *wanted)?;
    match action.act {
        Act::Edit(edits) => Some(to_proto::workspace_edit(moment, &edits)),
        Act::SilenceInWorkspace { .. } | Act::Run { .. } => None,
    }
}

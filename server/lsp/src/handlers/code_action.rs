//! `textDocument/codeAction`: the mends of what is wrong in the range.
//!
//! Diagnostics are looked up by range, never taken from the request: some clients send none.

use crate::session::{Doc, Moment};
use crate::{from_proto, to_proto};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, Command, WorkspaceEdit,
};
use model::{Diagnostic, Fix, FixEdit, Span};
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;

pub(crate) const APPLY: &str = "specwright.applyAction";
pub(crate) const FIX_ALL: &str = "source.fixAll.specwright";

/// Which action is meant; comes back in `codeAction/resolve` and in [`APPLY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActionId {
    pub(crate) uri: lsp_types::Uri,
    pub(crate) version: Option<i32>,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) kind: String,
    pub(crate) title: String,
}

/// An action before it is dressed for the client.
pub(crate) struct Offer {
    pub(crate) kind: CodeActionKind,
    pub(crate) title: String,
    pub(crate) edits: Vec<FixEdit>,
    diagnostic: Option<Diagnostic>,
    is_preferred: bool,
}

pub(crate) fn code_action(
    moment: &Moment,
    params: CodeActionParams,
) -> Result<Option<Vec<CodeActionResponse>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    let span = from_proto::span(&doc, params.range);
    let only = params.context.only.unwrap_or_default();
    let offers = offers(&doc, span);
    let wanted = offers.into_iter().filter(|it| is_wanted(&it.kind, &only));
    Ok(Some(wanted.map(|it| dress(&doc, span, it)).collect()))
}

/// Everything that can be done in `span`.
pub(crate) fn offers(doc: &Doc, span: Span) -> Vec<Offer> {
    let diagnostics = doc.diagnostics();
    let mut out = Vec::new();
    for diagnostic in diagnostics.iter().filter(|it| touches(it.span, span)) {
        out.extend(diagnostic.fixes.iter().map(|fix| quick_fix(diagnostic, fix)));
    }
    out.extend(fix_all(&diagnostics));
    out
}

fn quick_fix(diagnostic: &Diagnostic, fix: &Fix) -> Offer {
    Offer {
        kind: CodeActionKind::QuickFix,
        title: fix.title.clone(),
        edits: fix.edits.clone(),
        diagnostic: Some(diagnostic.clone()),
        is_preferred: fix.safe && diagnostic.fixes.len() == 1,
    }
}

/// All safe mends of the document that do not get in each other's way.
fn fix_all(diagnostics: &[Diagnostic]) -> Option<Offer> {
    let mut edits: Vec<FixEdit> = Vec::new();
    for fix in diagnostics.iter().flat_map(|it| &it.fixes).filter(|it| it.safe) {
        let clashes = fix
            .edits
            .iter()
            .any(|a| edits.iter().any(|b| a.document == b.document && touches(a.span, b.span)));
        if !clashes {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    (!edits.is_empty()).then(|| Offer {
        kind: CodeActionKind::Custom(FIX_ALL.into()),
        title: "Apply all safe fixes".to_owned(),
        edits,
        diagnostic: None,
        is_preferred: false,
    })
}

fn touches(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

/// `only` names kinds and, by prefix, their sub-kinds. Source actions come only when asked for.
fn is_wanted(kind: &CodeActionKind, only: &[CodeActionKind]) -> bool {
    let kind = kind.as_str();
    if only.is_empty() {
        return !kind.starts_with("source");
    }
    only.iter().map(CodeActionKind::as_str).any(|it| {
        it.is_empty()
            || kind.strip_prefix(it).is_some_and(|it| it.is_empty() || it.starts_with('.'))
    })
}

fn dress(doc: &Doc, span: Span, offer: Offer) -> CodeActionResponse {
    let id = ActionId {
        uri: doc.uri(doc.id).expect("the client named it"),
        version: doc.version(doc.id),
        start: span.start,
        end: span.end,
        kind: offer.kind.as_str().to_owned(),
        title: offer.title.clone(),
    };
    let id = serde_json::to_value(id).expect("ids have string keys only");
    if !doc.profile.reads_action_literals {
        return CodeActionResponse::Command(Command {
            title: offer.title,
            command: APPLY.to_owned(),
            arguments: Some(vec![id]),
            tooltip: None,
        });
    }
    let resolves = doc.profile.resolves_action_edits;
    let diagnostics = offer.diagnostic.map(|it| vec![to_proto::diagnostic(doc, &it)]);
    CodeActionResponse::CodeAction(CodeAction {
        title: offer.title,
        kind: Some(offer.kind),
        diagnostics,
        is_preferred: (doc.profile.reads_preferred_actions && offer.is_preferred).then_some(true),
        edit: (!resolves).then(|| to_proto::workspace_edit(doc, &offer.edits)),
        data: resolves.then_some(id),
        ..CodeAction::default()
    })
}

/// The edit of an action that was offered before; `None` when the text has changed since.
pub(crate) fn edit_of(moment: &Moment, id: &ActionId) -> Option<WorkspaceEdit> {
    let doc = moment.doc(&id.uri)?;
    if doc.version(doc.id) != id.version {
        return None;
    }
    let offers = offers(&doc, Span { start: id.start, end: id.end });
    let offer =
        offers.into_iter().find(|it| it.kind.as_str() == id.kind && it.title == id.title)?;
    Some(to_proto::workspace_edit(&doc, &offer.edits))
}

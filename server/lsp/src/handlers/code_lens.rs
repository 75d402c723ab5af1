//! `textDocument/codeLens`: what was detected, above it.

use crate::handlers::execute_command::{
    FIX_DOCUMENT, SHOW_DETECTION, SHOW_PLACES, SHOW_PLAN, SHOW_REFERENCES, with_cx,
};
use crate::session::{Doc, Moment};
use crate::to_proto;
use lsp_types::{CodeLens, CodeLensParams, Command};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use workspace::commands::{last_apply, standings};
use workspace::features::lenses::{Lens, LensAct, checkpoint_lens, lenses, undo_lens};
use workspace::features::provision;

pub(crate) fn code_lens(moment: &Moment, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    if !moment.settings(doc.key(doc.id)).code_lens_enable {
        return Ok(None);
    }
    let mut lenses = all(&doc);
    lenses.extend(provision_lenses(moment, &doc));
    let has_hints =
        moment.profile.draws_hints && moment.settings(doc.key(doc.id)).inlay_hints_enable;
    lenses.retain(|it| !(has_hints && it.act == LensAct::Preview));
    Ok(Some(lenses.iter().map(|it| dress(&doc, it)).collect()))
}

/// The lenses of a document, with a checkpoint on demand above migration specs, and the way back from
/// the last apply where that happened.
pub(crate) fn all(doc: &Doc) -> Vec<Lens> {
    let mut out = lenses(&doc.view, doc.id, &doc.moment.around(doc));
    if workspace::migrations::of(&doc.view, doc.id).is_some()
        && let Some(root) = doc.moment.root()
    {
        let apply = last_apply(&*doc.moment.system, &root);
        out.extend(apply.and_then(|it| undo_lens(&doc.view, doc.id, &it)));
        out.extend(checkpoint_lens(&doc.view, doc.id));
    }
    out
}

/// How far each thing is that a spec of a folder asks for.
fn provision_lenses(moment: &Moment, doc: &Doc) -> Vec<Lens> {
    if doc.view.migrations.is_some() || moment.root().is_none() {
        return Vec::new();
    }
    match with_cx(moment, |cx| standings(cx, &doc.view)) {
        Ok(standings) => provision::lenses(&doc.view, doc.id, &standings),
        Err(error) => {
            tracing::info!("tell how far a spec is provisioned: {}", error.message);
            Vec::new()
        }
    }
}

fn dress(doc: &Doc, lens: &Lens) -> CodeLens {
    CodeLens {
        range: to_proto::range(doc, doc.id, lens.span),
        command: Some(command(doc, lens)),
        data: None,
    }
}

/// What a click does; also offered as a code action to clients without lenses.
pub(crate) fn command(doc: &Doc, lens: &Lens) -> Command {
    let uri = doc.uri(doc.id);
    let (command, arguments) = match &lens.act {
        LensAct::ShowDetection => (SHOW_DETECTION, vec![json!({ "uri": uri })]),
        LensAct::Run { command, input } => {
            let command = workspace::commands::find(command).map(|it| it.lsp_name());
            return Command {
                title: lens.title.clone(),
                command: command.unwrap_or_default(),
                arguments: Some(vec![input.clone()]),
                tooltip: None,
            };
        }
        LensAct::ShowPlan | LensAct::Preview => (SHOW_PLAN, vec![json!({ "uri": uri })]),
        LensAct::FixAll => (FIX_DOCUMENT, vec![json!({ "uri": uri })]),
        LensAct::ShowPlaces(places) => {
            let locations = to_proto::locations(&doc.moment, places);
            // A popup is the client's to draw; others are told where to look.
            if doc.profile.commands.iter().any(|it| it == SHOW_REFERENCES) {
                let at = to_proto::position(doc, doc.id, lens.span.range().start);
                (SHOW_REFERENCES, vec![json!(uri), json!(at), json!(locations)])
            } else {
                (SHOW_PLACES, vec![json!({ "locations": locations })])
            }
        }
    };
    Command {
        title: lens.title.clone(),
        command: command.to_owned(),
        arguments: Some(arguments),
        tooltip: None,
    }
}

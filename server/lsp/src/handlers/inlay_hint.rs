//! `textDocument/inlayHint`: what was detected, between the words.

use crate::session::Moment;
use crate::{from_proto, to_proto};
use lsp_types::{InlayHint, InlayHintKind, InlayHintParams, Label, Tooltip};
use tower_lsp::jsonrpc::Result;
use workspace::features::inlay::{InlayKind, InlayOptions, inlays};

pub(crate) fn inlay_hint(
    moment: &Moment,
    params: InlayHintParams,
) -> Result<Option<Vec<InlayHint>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    if !moment.settings(doc.key(doc.id)).inlay_hints_enable {
        return Ok(None);
    }
    let span = from_proto::span(&doc, params.range);
    let mut found = inlays(&doc.view, doc.id, span, InlayOptions::default());
    if let Some(recaller) = moment.recaller(doc.key(doc.id)) {
        found.extend(recaller.inlays(&doc.view, doc.id, span));
    }
    let hints = found.into_iter().map(|it| {
        let tooltip = it.tooltip;
        InlayHint {
            position: to_proto::position(&doc, doc.id, it.offset),
            label: Label::String(it.label),
            // There is no kind for what a sentence implies.
            kind: (it.kind == InlayKind::Type).then_some(InlayHintKind::Type),
            tooltip: tooltip.map(|it| Tooltip::MarkupContent(to_proto::markup(it, true))),
            padding_left: Some(true),
            text_edits: None,
            padding_right: None,
            data: None,
        }
    });
    Ok(Some(hints.collect()))
}

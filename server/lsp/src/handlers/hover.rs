//! `textDocument/hover`: a card about the thing under the cursor.

use crate::session::Moment;
use crate::to_proto;
use lsp_types::{Contents, Hover, HoverParams};
use tower_lsp::jsonrpc::Result;
use workspace::features;

pub(crate) fn hover(moment: &Moment, params: HoverParams) -> Result<Option<Hover>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let now = moment.system.now();
    let Some(mut card) = features::hover::hover(&doc.view, place, now, &moment.around(&doc)) else {
        return Ok(None);
    };
    let before = moment.recaller(doc.key(doc.id)).and_then(|it| it.card(&doc.view, place));
    card.markdown += before.as_deref().unwrap_or_default();
    let markup = to_proto::markup(card.markdown, doc.profile.reads_markdown_hovers);
    Ok(Some(Hover {
        contents: Contents::MarkupContent(markup),
        range: Some(to_proto::range(&doc, doc.id, card.span)),
    }))
}

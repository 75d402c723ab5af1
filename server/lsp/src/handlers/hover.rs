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
    Ok(features::hover::hover(&doc.view, place, now, &moment.around(&doc)).map(|it| Hover {
        contents: Contents::MarkupContent(to_proto::markup(
            it.markdown,
            doc.profile.reads_markdown_hovers,
        )),
        range: Some(to_proto::range(&doc, doc.id, it.span)),
    }))
}

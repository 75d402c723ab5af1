//! `textDocument/documentLink`: links that can be followed.

use crate::session::{Doc, Moment};
use crate::to_proto;
use lsp_types::{DocumentLink, DocumentLinkParams, Uri};
use tower_lsp::jsonrpc::Result;
use workspace::features::links::{LinkTarget, links};

pub(crate) fn document_link(
    moment: &Moment,
    params: DocumentLinkParams,
) -> Result<Option<Vec<DocumentLink>>> {
    let Some(doc) = moment.doc(&params.text_document.uri) else { return Ok(None) };
    let links = links(&doc.view, doc.id).into_iter().filter_map(|it| {
        let target = Some(target(&doc, &it.target)?);
        let range = to_proto::range(&doc, doc.id, it.span);
        Some(DocumentLink { range, target, tooltip: None, data: None })
    });
    Ok(Some(links.collect()))
}

fn target(doc: &Doc, target: &LinkTarget) -> Option<Uri> {
    match target {
        LinkTarget::Url(url) => Uri::parse(url).ok(),
        LinkTarget::File { path, fragment } => {
            let mut uri = Uri::from_file_path(path.as_path()).ok()?;
            uri.set_fragment(fragment.as_deref());
            Some(uri)
        }
        LinkTarget::Section(location) => {
            let place = to_proto::locations(&doc.moment, std::slice::from_ref(location)).pop()?;
            let mut uri = place.uri;
            // Understood by VS Code, Neovim and others; lines count from one there.
            uri.set_fragment(Some(&format!("L{}", place.range.start.line + 1)));
            Some(uri)
        }
    }
}

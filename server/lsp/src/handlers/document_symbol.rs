//! `textDocument/documentSymbol`: the outline, as a tree where the client draws one.

use crate::session::{Doc, Moment};
use crate::to_proto;
use lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location,
    SymbolInformation, Uri,
};
use tower_lsp::jsonrpc::Result;
use workspace::features::symbols::{Symbol, outline};

pub(crate) fn document_symbol(
    moment: &Moment,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>> {
    let uri = params.text_document.uri;
    let Some(doc) = moment.doc(&uri) else { return Ok(None) };
    let symbols = outline(&doc.view, doc.id);
    if doc.profile.reads_symbol_trees {
        let tree = symbols.into_iter().map(|it| tree(&doc, it)).collect();
        return Ok(Some(DocumentSymbolResponse::DocumentSymbolList(tree)));
    }
    let mut flat = Vec::new();
    for symbol in &symbols {
        flatten(&doc, &uri, symbol, None, &mut flat);
    }
    Ok(Some(DocumentSymbolResponse::SymbolInformationList(flat)))
}

#[expect(deprecated, reason = "the protocol's type has a field that it no longer wants")]
fn tree(doc: &Doc, it: Symbol) -> DocumentSymbol {
    DocumentSymbol {
        name: it.name,
        detail: it.detail,
        kind: to_proto::symbol_kind(it.kind),
        tags: None,
        deprecated: None,
        range: to_proto::range(doc, doc.id, it.span),
        selection_range: to_proto::range(doc, doc.id, it.name_span),
        children: Some(it.children.into_iter().map(|it| tree(doc, it)).collect()),
    }
}

#[expect(deprecated, reason = "the protocol's type has a field that it no longer wants")]
fn flatten(
    doc: &Doc,
    uri: &Uri,
    it: &Symbol,
    container: Option<&str>,
    out: &mut Vec<SymbolInformation>,
) {
    out.push(SymbolInformation {
        deprecated: None,
        location: Location { uri: uri.clone(), range: to_proto::range(doc, doc.id, it.span) },
        base_symbol_information: BaseSymbolInformation {
            name: it.name.clone(),
            kind: to_proto::symbol_kind(it.kind),
            tags: None,
            container_name: container.map(str::to_owned),
        },
    });
    for child in &it.children {
        flatten(doc, uri, child, Some(&it.name), out);
    }
}

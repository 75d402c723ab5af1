//! `textDocument/semanticTokens/full` and `/range`.

use crate::session::{Doc, Moment};
use crate::{from_proto, to_proto};
use lsp_types::{
    SemanticToken, SemanticTokens, SemanticTokensLegend, SemanticTokensParams,
    SemanticTokensRangeParams,
};
use model::Span;
use tower_lsp::jsonrpc::Result;
use workspace::features::tokens::{Token, TokenKind, tokens};

/// The protocol's own names, so that every theme has a colour for them.
const TYPES: [(TokenKind, &str); 6] = [
    (TokenKind::Table, "class"),
    (TokenKind::Column, "property"),
    (TokenKind::Requirement, "enumMember"),
    (TokenKind::Keyword, "keyword"),
    (TokenKind::Type, "type"),
    (TokenKind::Vendor, "namespace"),
];
const DECLARATION: u32 = 1;

pub(crate) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.iter().map(|(_, name)| (*name).to_owned()).collect(),
        token_modifiers: vec!["declaration".to_owned()],
    }
}

pub(crate) fn full(
    moment: &Moment,
    params: SemanticTokensParams,
) -> Result<Option<SemanticTokens>> {
    Ok(moment.doc(&params.text_document.uri).map(|doc| encode(&doc, None)))
}

pub(crate) fn range(
    moment: &Moment,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokens>> {
    let doc = moment.doc(&params.text_document.uri);
    Ok(doc.map(|doc| encode(&doc, Some(from_proto::span(&doc, params.range)))))
}

fn encode(doc: &Doc, range: Option<Span>) -> SemanticTokens {
    let (mut line, mut character) = (0, 0);
    let mut data = Vec::new();
    for token in tokens(&doc.view, doc.id, range) {
        let at = to_proto::range(doc, doc.id, token.span);
        // What the client cannot show: a token over a line's end.
        if at.start.line != at.end.line {
            continue;
        }
        let delta_line = at.start.line - line;
        let from = if delta_line == 0 { character } else { 0 };
        data.push(SemanticToken {
            delta_line,
            delta_start: at.start.character - from,
            length: at.end.character - at.start.character,
            token_type: token_type(&token),
            token_modifiers_bitset: if token.declaration { DECLARATION } else { 0 },
        });
        (line, character) = (at.start.line, at.start.character);
    }
    SemanticTokens { result_id: None, data }
}

fn token_type(token: &Token) -> u32 {
    let at = TYPES.iter().position(|(kind, _)| *kind == token.kind);
    at.and_then(|it| u32::try_from(it).ok()).expect("every kind is in the legend")
}

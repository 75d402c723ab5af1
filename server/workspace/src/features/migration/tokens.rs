//! Semantic tokens of a migration spec: operations, names, and the column language.

use super::names::{self, Thing};
use crate::features::tokens::{Token, TokenKind};
use crate::migrations::Migration;
use migrate::language::highlights;
use spec::Document;

/// The tokens of a file; those of names win over those of the column language.
pub(in crate::features) fn tokens(file: &Migration, document: &Document) -> Vec<Token> {
    let plain = |span, kind| Token { span, kind, declaration: false };
    let operations = file.operations.iter();
    let mut out: Vec<Token> =
        operations.map(|it| plain(it.keyword.span, TokenKind::Keyword)).collect();
    out.extend(names::mentions(file).into_iter().filter_map(|it| {
        let kind = match it.thing {
            Thing::Table(_) => TokenKind::Table,
            Thing::Column { .. } => TokenKind::Column,
            Thing::Policy { .. } => return None,
        };
        Some(Token { span: it.span, kind, declaration: it.defines })
    }));
    let columns = file.operations.iter().flat_map(|it| names::columns_of(&it.kind));
    for column in columns {
        let span = column.origin.span;
        let text = document.slice(span);
        // Behind quotes and escapes the grammar would see other bytes.
        if text.contains(['\'', '"', '\\', '\n']) && text.starts_with(['\'', '"', '\\']) {
            continue;
        }
        let words = highlights(text).into_iter().filter_map(|(own, name)| {
            let kind = match name {
                "type" => TokenKind::Type,
                "keyword" => TokenKind::Keyword,
                _ => return None,
            };
            Some(plain(own.shift(span.range().start), kind))
        });
        let is_named = |it: &Token| out.iter().any(|other| other.span.overlaps(it.span));
        let words: Vec<Token> = words.filter(|it| !is_named(it)).collect();
        out.extend(words);
    }
    out
}

//! `textDocument/completion`: what can be written at the cursor.

use crate::session::{Doc, Moment};
use crate::to_proto;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionParams,
    CompletionResponse, Documentation, InsertTextFormat, TextEdit,
};
use tower_lsp::jsonrpc::Result;
use workspace::features::completion::{Completion, CompletionKind, completions};

pub(crate) fn completion(
    moment: &Moment,
    params: CompletionParams,
) -> Result<Option<CompletionResponse>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let all = completions(&doc.view, place);
    let items = all.into_iter().enumerate().map(|(rank, it)| item(&doc, rank, it));
    Ok(Some(CompletionResponse::CompletionItemList(items.collect())))
}

fn item(doc: &Doc, rank: usize, it: Completion) -> CompletionItem {
    let documentation = it.documentation.map(|it| documentation(doc, it));
    CompletionItem {
        label: it.label,
        kind: Some(kind(it.kind)),
        detail: it.detail,
        documentation,
        // Clients sort by label where nothing else is said; the best come first.
        sort_text: Some(format!("{rank:05}")),
        filter_text: Some(it.insert.clone()),
        insert_text_format: Some(InsertTextFormat::PlainText),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit {
            range: to_proto::range(doc, doc.id, it.replace),
            new_text: it.insert,
        })),
        ..CompletionItem::default()
    }
}

/// A client that names no format of documentation reads strings only.
fn documentation(doc: &Doc, markdown: String) -> Documentation {
    let markup = to_proto::markup(markdown, doc.profile.reads_markdown);
    if doc.profile.reads_markdown {
        Documentation::MarkupContent(markup)
    } else {
        Documentation::String(markup.value)
    }
}

fn kind(it: CompletionKind) -> CompletionItemKind {
    match it {
        CompletionKind::Table => CompletionItemKind::Struct,
        CompletionKind::Column => CompletionItemKind::Field,
        CompletionKind::Type => CompletionItemKind::TypeParameter,
        CompletionKind::Policy => CompletionItemKind::EnumMember,
        CompletionKind::Cron => CompletionItemKind::Event,
        CompletionKind::Key => CompletionItemKind::Property,
        CompletionKind::Operation => CompletionItemKind::Keyword,
        CompletionKind::Requirement => CompletionItemKind::Reference,
    }
}

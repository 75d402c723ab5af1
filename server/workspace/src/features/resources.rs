//! What editors show of `forge.yaml`; the features of a spec lead here for it.

use super::completion::{Completion, CompletionKind};
use super::hover::Hover;
use super::symbols::{Symbol, SymbolKind};
use super::{Place, document};
use crate::resources;
use crate::snapshot::SpecView;
use forge::complete;
use model::{DocumentId, Timestamp};

/// What a part is, and when it runs next; the requirement that a line was written for comes first.
pub(super) fn hover(view: &SpecView, place: Place, now: Timestamp) -> Option<Hover> {
    let file = resources::of(view, place.document)?;
    let (span, markdown) = complete::hover(place.offset, &file.declared, file.around(now))?;
    Some(with_mark(view, place, Hover { span, markdown }))
}

/// The card with the requirement that its line was written for.
pub(super) fn with_mark(view: &SpecView, place: Place, mut card: Hover) -> Hover {
    let text = document(view, place.document).map_or("", |it| &it.text);
    if let Some(mark) = forge::states::mark_behind(text, card.span) {
        card.markdown += &format!("\n\nServes {}:{}", mark.path, mark.line);
        if !mark.quote.is_empty() {
            card.markdown += &format!("\n\n> {}", mark.quote);
        }
    }
    card
}

/// Keys and values by the schema, and names that are declared.
pub(super) fn completions(view: &SpecView, place: Place) -> Option<Vec<Completion>> {
    let file = resources::of(view, place.document)?;
    let text = &document(view, place.document)?.text;
    let around = file.around(Timestamp(0));
    let found = complete::complete(text, place.offset, &file.declared, around);
    let one = |it: complete::Candidate| Completion {
        label: it.label,
        kind: if it.is_key { CompletionKind::Key } else { CompletionKind::Policy },
        detail: None,
        documentation: Some(it.docs).filter(|it| !it.is_empty()),
        insert: it.insert,
        replace: found.replace,
    };
    Some(found.candidates.into_iter().map(one).collect())
}

/// The sections with their entries.
pub(super) fn outline(view: &SpecView, id: DocumentId) -> Vec<Symbol> {
    let Some(file) = resources::of(view, id) else { return Vec::new() };
    let symbol = |path: &[String], place: forge::places::Place, kind| Symbol {
        name: path.last().cloned().unwrap_or_default(),
        detail: None,
        kind,
        span: place.whole(),
        name_span: place.key,
        children: Vec::new(),
    };
    let mut out: Vec<Symbol> = Vec::new();
    for (path, place) in file.declared.places.iter() {
        match path.as_slice() {
            [_] => out.push(symbol(path, place, SymbolKind::Table)),
            [_, _] => {
                if let Some(section) = out.last_mut().filter(|it| it.span.contains(place.whole())) {
                    section.children.push(symbol(path, place, SymbolKind::Column));
                }
            }
            _ => {}
        }
    }
    out.sort_by_key(|it| it.span);
    out
}

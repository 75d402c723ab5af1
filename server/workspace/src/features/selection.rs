//! Growing selections: word, cell or inline text, block, section, document.

use super::blocks::{blocks, sections};
use super::{Place, document};
use crate::snapshot::SpecView;
use model::Span;
use text::markdown::BlockKind;

/// The spans around a place, each inside the next; the last is the whole document.
#[must_use]
pub fn selections(view: &SpecView, place: Place) -> Vec<Span> {
    let Some(document) = document(view, place.document) else { return Vec::new() };
    let mut spans = vec![word(&document.text, place.offset), Span::new(0, document.text.len())];
    for it in blocks(document).filter(|it| it.span().touches(place.offset)) {
        spans.push(it.span());
        spans.push(it.text());
        if let BlockKind::Table { header, rows } = &it.block.kind {
            for row in std::iter::once(header).chain(rows) {
                let (Some(first), Some(last)) = (row.first(), row.last()) else { continue };
                spans.push(it.place(first.cover(*last)));
                spans.extend(row.iter().map(|cell| it.place(*cell)));
            }
        }
    }
    spans.extend(sections(document).iter().map(|it| it.span));
    spans.retain(|it| it.touches(place.offset) && !it.is_empty());
    spans.sort_by_key(|it| (it.len(), it.start));
    nested(spans)
}

fn nested(spans: Vec<Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        if out.last().is_none_or(|it| span.contains(*it) && span != *it) {
            out.push(span);
        }
    }
    out
}

fn word(text: &str, offset: usize) -> Span {
    let is_word = |it: &char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.');
    let before =
        text[..offset].chars().rev().take_while(is_word).map(char::len_utf8).sum::<usize>();
    let after = text[offset..].chars().take_while(is_word).map(char::len_utf8).sum::<usize>();
    Span::new(offset - before, offset + after)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let shown: Vec<String> = selections(&view, place)
            .iter()
            .map(|it| format!("{:?}", view.documents[0].slice(*it)))
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn a_selection_grows_from_cell_to_document() {
        check(
            "# T\n\n## A\n\n| x | y |\n|---|---|\n| us$0er id | b |\n",
            expect![[r###"
            "user"
            "user id"
            "user id | b"
            "| x | y |\n|---|---|\n| user id | b |"
            "## A\n\n| x | y |\n|---|---|\n| user id | b |"
            "# T\n\n## A\n\n| x | y |\n|---|---|\n| user id | b |"
            "# T\n\n## A\n\n| x | y |\n|---|---|\n| user id | b |\n""###]],
        );
    }

    #[test]
    fn an_item_grows_to_its_section() {
        check(
            "# T\n\n- on$0e two\n- three\n",
            expect![[r##"
            "one"
            "one two"
            "- one two"
            "# T\n\n- one two\n- three"
            "# T\n\n- one two\n- three\n""##]],
        );
    }
}

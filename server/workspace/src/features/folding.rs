//! What can be folded: sections, fences, tables, lists, front matter and comments.

use super::blocks::{blocks, sections};
use super::{document, migration};
use crate::migrations;
use crate::snapshot::SpecView;
use model::{DocumentId, Span};
use text::markdown::BlockKind;

/// A region that spans several lines; the first line stays visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    pub span: Span,
    pub kind: FoldKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoldKind {
    Region,
    Comment,
}

/// The regions of a document, by start, outer ones first.
#[must_use]
pub fn folds(view: &SpecView, id: DocumentId) -> Vec<Fold> {
    if let Some(file) = migrations::of(view, id) {
        return migration::folds(file);
    }
    let Some(document) = document(view, id) else { return Vec::new() };
    let mut out: Vec<Fold> = sections(document)
        .iter()
        .map(|it| Fold { span: it.span, kind: FoldKind::Region })
        .collect();
    let mut open_lists: Vec<(u8, Span)> = Vec::new();
    for it in blocks(document) {
        match it.block.kind {
            BlockKind::Heading { .. } | BlockKind::Paragraph | BlockKind::Break => {}
            BlockKind::Comment => out.push(Fold { span: it.span(), kind: FoldKind::Comment }),
            BlockKind::FrontMatter
            | BlockKind::Table { .. }
            | BlockKind::Fence { .. }
            | BlockKind::Html => out.push(Fold { span: it.span(), kind: FoldKind::Region }),
            BlockKind::Item { .. } => {
                out.push(Fold { span: it.span(), kind: FoldKind::Region });
                extend_list(document, &mut open_lists, &mut out, it.block.depth, it.span());
            }
        }
    }
    out.extend(open_lists.into_iter().map(|(_, span)| Fold { span, kind: FoldKind::Region }));
    out.retain(|it| {
        let (start, end) = (it.span.range().start, it.span.range().end);
        document.lines.line(start) < document.lines.line(end)
    });
    out.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
    out.dedup();
    out
}

/// Joins an item to the list before it when only blank space lies between them.
fn extend_list(
    document: &spec::Document,
    open: &mut Vec<(u8, Span)>,
    out: &mut Vec<Fold>,
    depth: u8,
    item: Span,
) {
    while let Some((_, span)) = open.pop_if(|(it, _)| *it > depth) {
        out.push(Fold { span, kind: FoldKind::Region });
    }
    match open.last_mut().filter(|(it, _)| *it == depth) {
        Some((_, span)) if is_blank_between(document, *span, item) => *span = span.cover(item),
        Some((_, span)) => {
            out.push(Fold { span: *span, kind: FoldKind::Region });
            *span = item;
        }
        None => open.push((depth, item)),
    }
}

fn is_blank_between(document: &spec::Document, before: Span, after: Span) -> bool {
    let gap = document.text.get(before.range().end..after.range().start);
    gap.is_some_and(|it| it.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let lines = &view.documents[0].lines;
        let shown: Vec<String> = folds(&view, DocumentId(0))
            .iter()
            .map(|it| {
                let range = it.span.range();
                let (start, end) = (lines.line(range.start) + 1, lines.line(range.end) + 1);
                format!("{start}-{end} {:?}", it.kind)
            })
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn sections_end_before_the_next_of_their_rank() {
        check(
            "# A\n\ntext\n\n## B\n\ntext\n\n## C\n\n# D\nx\n",
            expect![[r#"
            1-9 Region
            5-7 Region
            11-12 Region"#]],
        );
    }

    #[test]
    fn fences_tables_comments_and_front_matter_fold() {
        check(
            "---\na: 1\n---\n\n```sql\nselect 1;\n```\n\n| a |\n|---|\n| 1 |\n\n<!-- one\ntwo -->\n",
            expect![[r#"
                1-3 Region
                5-7 Region
                9-11 Region
                13-14 Comment"#]],
        );
    }

    #[test]
    fn a_list_folds_whole_and_by_item() {
        check(
            "- a\n  more\n  - b\n  - c\n- d\n\ntext\n\n- e\n- f\n",
            expect![[r#"
            1-5 Region
            1-4 Region
            3-4 Region
            9-10 Region"#]],
        );
    }
}

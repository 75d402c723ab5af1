//! From a chunk's text to its blocks, by tree-sitter and one query.

use super::{Block, BlockKind, Chunk};
use crate::inline;
use crate::markdown::chunks::{common_prefix, common_suffix};
use model::Span;
use std::sync::LazyLock;
use streaming_iterator::StreamingIterator as _;
use tree_sitter::{InputEdit, Node, Parser, Point, Query, QueryCursor};

/// Nesting that is kept; deeper blocks are read as if they were this deep.
const DEPTH_MAX: u8 = 64;

/// Compiled once: that takes as long as parsing several pages.
static QUERY: LazyLock<Query> = LazyLock::new(|| {
    let source = include_str!("../../../../queries/markdown/blocks.scm");
    Query::new(&tree_sitter_md::LANGUAGE.into(), source).expect("a test compiles the query")
});

/// A parser for one thread; cheap to make, cheaper to use again.
pub struct Reader {
    parser: Parser,
    cursor: QueryCursor,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    #[must_use]
    pub fn new() -> Self {
        let language = tree_sitter_md::LANGUAGE.into();
        let mut parser = Parser::new();
        parser.set_language(&language).expect("the grammar's ABI is the library's");
        Self { parser, cursor: QueryCursor::new() }
    }

    /// Parses `text`, starting from `old` when it is an earlier version of the same chunk.
    pub fn read(&mut self, text: &str, old: Option<&Chunk>) -> Chunk {
        let old_tree = old.map(|old| {
            let mut tree = old.tree.clone();
            if let Some(edit) = edit_between(&old.text, text) {
                tree.edit(&edit);
            }
            tree
        });
        let tree = self.parser.parse(text, old_tree.as_ref()).expect("no time limit is set");
        let blocks = self.blocks(tree.root_node(), text);
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        Chunk { text: text.into(), hash, blocks, tree }
    }

    fn blocks(&mut self, root: Node<'_>, text: &str) -> Vec<Block> {
        let mut out: Vec<Block> = Vec::new();
        // Containers that are open: where they end, and whether they are items (not quotes).
        let mut open: Vec<(usize, bool)> = Vec::new();
        let names = QUERY.capture_names();
        let mut captures = self.cursor.captures(&QUERY, root, text.as_bytes());
        while let Some((found, index)) = captures.next() {
            let capture = found.captures()[*index];
            let node = capture.node;
            open.retain(|(end, _)| *end > node.start_byte());
            let depth = open.iter().filter(|(_, item)| *item).count();
            let depth = u8::try_from(depth).unwrap_or(DEPTH_MAX).min(DEPTH_MAX);
            let quoted = open.iter().any(|(_, item)| !*item);
            let name = names[capture.index as usize];
            if name == "quote" {
                open.push((node.end_byte(), false));
                continue;
            }
            if name == "item" {
                open.push((node.end_byte(), true));
            }
            if name == "paragraph" && joins_item(node, &mut out, text) {
                continue;
            }
            if let Some(mut block) = block(name, node, text) {
                block.depth = depth;
                block.quoted = quoted;
                out.push(block);
            }
        }
        repair(&mut out, text);
        out
    }
}

/// Gives an item its first paragraph instead of listing that as a block of its own.
fn joins_item(paragraph: Node<'_>, out: &mut [Block], text: &str) -> bool {
    let Some(parent) = paragraph.parent() else { return false };
    if parent.kind() != "list_item" {
        return false;
    }
    let span = trimmed(paragraph, text);
    match out.last_mut() {
        Some(item) if matches!(item.kind, BlockKind::Item { .. }) && item.text.is_empty() => {
            item.text = span;
            true
        }
        _ => false,
    }
}

fn block(name: &str, node: Node<'_>, text: &str) -> Option<Block> {
    let span = Span::new(node.start_byte(), node.end_byte().min(text.len()));
    let whole = trimmed(node, text);
    let (kind, inner) = match name {
        "front_matter" => (BlockKind::FrontMatter, whole),
        "heading" => heading(node, text)?,
        "paragraph" => (BlockKind::Paragraph, whole),
        "item" => item(node, text),
        "table" => (table(node, text), whole),
        "fence" => fence(node, text),
        "indented" if reads_as_prose(&text[whole.range()]) => (BlockKind::Paragraph, whole),
        "indented" => (BlockKind::Fence { lang: String::new() }, whole),
        "html" => {
            let is_comment = text[whole.range()].starts_with("<!--");
            (if is_comment { BlockKind::Comment } else { BlockKind::Html }, whole)
        }
        "break" => (BlockKind::Break, whole),
        _ => return None,
    };
    Some(Block { kind, span, text: inner, depth: 0, quoted: false })
}

/// Whether an indented block is a text that was set in by hand: sentences of words, no code.
fn reads_as_prose(block: &str) -> bool {
    const BYTES_MAX: usize = 4_000;
    const WORDS_PER_LINE_MIN: usize = 6;
    let block = &block[..block.floor_char_boundary(BYTES_MAX)];
    let lines = block.lines().filter(|it| !it.trim().is_empty()).count();
    let words = block.split_whitespace().filter(|it| it.starts_with(char::is_alphabetic)).count();
    let marks = block.chars().filter(|it| "{}[]<>=;_|$\\/`#".contains(*it)).count();
    let ends = block.lines().any(|it| it.trim_end().ends_with(['.', '!', '?']));
    ends && words >= lines * WORDS_PER_LINE_MIN && marks * 8 <= words
}

fn heading(node: Node<'_>, text: &str) -> Option<(BlockKind, Span)> {
    let mut cursor = node.walk();
    let mut level = 0;
    let mut content = Span::at(node.end_byte().min(text.len()));
    for child in node.children(&mut cursor) {
        match child.kind() {
            "setext_h1_underline" => level = 1,
            "setext_h2_underline" => level = 2,
            kind if kind.starts_with("atx_h") => {
                level = kind.as_bytes().get(5).map_or(0, |it| it - b'0');
            }
            _ => content = trimmed(child, text),
        }
    }
    // `## Title ##`
    let body = text[content.range()].trim_end_matches('#').trim_end();
    let content = Span::new(content.range().start, content.range().start + body.len());
    (level > 0).then_some((BlockKind::Heading { level, repaired: false }, content))
}

fn item(node: Node<'_>, text: &str) -> (BlockKind, Span) {
    let mut cursor = node.walk();
    let mut number = None;
    let mut checked = None;
    let mut after = node.start_byte();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "task_list_marker_checked" => checked = Some(true),
            "task_list_marker_unchecked" => checked = Some(false),
            kind if kind.starts_with("list_marker") => {
                let marker = text[child.byte_range()].trim().trim_end_matches(['.', ')']);
                number = marker.parse().ok();
            }
            _ => break,
        }
        after = child.end_byte();
    }
    (BlockKind::Item { number, checked }, Span::at(after.min(text.len())))
}

fn table(node: Node<'_>, text: &str) -> BlockKind {
    let mut header = Vec::new();
    let mut rows = Vec::new();
    let mut cursor = node.walk();
    for row in node.children(&mut cursor) {
        let mut cursor = row.walk();
        let cells = row.children(&mut cursor).filter(|it| it.kind() == "pipe_table_cell");
        let cells = cells.map(|it| trimmed(it, text)).collect();
        match row.kind() {
            "pipe_table_header" => header = cells,
            "pipe_table_row" => rows.push(cells),
            _ => {}
        }
    }
    BlockKind::Table { header, rows }
}

fn fence(node: Node<'_>, text: &str) -> (BlockKind, Span) {
    let mut lang = String::new();
    let mut content = Span::at(node.end_byte().min(text.len()));
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        match child.kind() {
            "info_string" => {
                let info = text[child.byte_range()].trim();
                let word = info.split([' ', ',', '{', ':']).find(|it| !it.is_empty());
                lang = word.unwrap_or_default().trim_end_matches('}').to_lowercase();
            }
            "code_fence_content" => {
                content = Span::new(child.start_byte(), child.end_byte().min(text.len()));
            }
            _ => {}
        }
    }
    (BlockKind::Fence { lang }, content)
}

fn trimmed(node: Node<'_>, text: &str) -> Span {
    let range = node.start_byte()..node.end_byte().min(text.len());
    let body = &text[range.clone()];
    let start = range.start + (body.len() - body.trim_start().len());
    let end = start + body.trim().len();
    Span::new(start, end)
}

/// Turns what only looks like a heading or a table into one.
fn repair(blocks: &mut Vec<Block>, text: &str) {
    if blocks.iter().any(|it| it.kind == BlockKind::Paragraph && it.depth == 0 && !it.quoted) {
        let old = std::mem::take(blocks);
        blocks.reserve(old.len());
        for block in old {
            repair_paragraph(block, blocks, text);
        }
    }
    repair_lonely_items(blocks, text);
}

fn repair_paragraph(mut block: Block, out: &mut Vec<Block>, text: &str) {
    if block.kind != BlockKind::Paragraph || block.depth != 0 || block.quoted {
        out.push(block);
        return;
    }
    let body = &text[block.text.range()];
    if let Some((level, inner)) = inline::heading_like(body) {
        block.text = inner.shift(block.text.range().start);
        block.kind = BlockKind::Heading { level, repaired: true };
        out.push(block);
    } else if let Some(kind) = tab_table(block.text, text) {
        block.kind = kind;
        out.push(block);
    } else {
        split_at_headings(&block, out, text);
    }
}

/// Cuts a paragraph of plain text at lines such as `2.2 Database`.
fn split_at_headings(block: &Block, out: &mut Vec<Block>, text: &str) {
    let whole = block.text.range();
    let mut start = whole.start;
    let mut at = whole.start;
    let paragraph = |start: usize, end: usize| {
        let trimmed = text[start..end].trim_end();
        let span = Span::new(start, start + trimmed.len());
        Block { span, text: span, ..block.clone() }
    };
    for line in text[whole.clone()].split_inclusive('\n') {
        let body = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some((level, inner)) = inline::heading_like_in_paragraph(body) {
            if !text[start..at].trim().is_empty() {
                out.push(paragraph(start, at));
            }
            let from = at + indent;
            out.push(Block {
                kind: BlockKind::Heading { level, repaired: true },
                span: Span::new(from, from + body.len()),
                text: inner.shift(from),
                depth: 0,
                quoted: false,
            });
            start = at + line.len();
        }
        at += line.len();
    }
    if start == whole.start {
        out.push(block.clone());
    } else if !text[start..whole.end].trim().is_empty() {
        out.push(paragraph(start, whole.end));
    }
}

/// A paragraph whose lines all have the same number of tabs.
fn tab_table(span: Span, text: &str) -> Option<BlockKind> {
    let body = &text[span.range()];
    if !body.contains('\t') || !body.contains('\n') {
        return None;
    }
    let mut at = span.range().start;
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for line in body.split_inclusive('\n') {
        let mut cells = Vec::new();
        let mut start = at;
        for cell in line.trim_end_matches(['\n', '\r']).split('\t') {
            let lead = cell.len() - cell.trim_start().len();
            let from = start + lead;
            cells.push(Span::new(from, from + cell.trim().len()));
            start += cell.len() + 1;
        }
        at += line.len();
        rows.push(cells);
    }
    let width = rows.first().map_or(0, Vec::len);
    if width < 2 || rows.iter().any(|it| it.len() != width) {
        return None;
    }
    let header = rows.remove(0);
    Some(BlockKind::Table { header, rows })
}

/// Turns a numbered item that no other follows, but text of its own does, into a heading: lists
/// with `1. Users`, its text flush left, then `2. Orders` are sections.
fn repair_lonely_items(blocks: &mut [Block], text: &str) {
    let mut level = 2;
    let mut after_number = false;
    for index in 0..blocks.len() {
        let block = &blocks[index];
        if let BlockKind::Heading { level: own, repaired: false } = block.kind
            && own < 6
        {
            level = own + 1;
        }
        if block.depth != 0 {
            continue;
        }
        let number = matches!(block.kind, BlockKind::Item { number: Some(_), .. });
        let lonely = number && !after_number && {
            let next = blocks.get(index + 1);
            next.is_some_and(|next| {
                next.depth == 0
                    && !matches!(
                        next.kind,
                        BlockKind::Item { number: Some(_), .. }
                            | BlockKind::Heading { repaired: false, .. }
                    )
            })
        };
        after_number = number && !lonely;
        if lonely && !block.quoted && inline::title_like(&text[block.text.range()]) {
            let block = &mut blocks[index];
            let title = text[block.text.range()].trim_end_matches([':', '：']);
            let start = block.text.range().start;
            let (from, to) = match title.strip_prefix("**").and_then(|it| it.strip_suffix("**")) {
                Some(inner) => (start + 2, start + 2 + inner.len()),
                None => (start, start + title.len()),
            };
            block.text = Span::new(from, to);
            block.kind = BlockKind::Heading { level, repaired: true };
        }
    }
}

/// The one edit that turns `old` into `new`; `None` when they are equal.
fn edit_between(old: &str, new: &str) -> Option<InputEdit> {
    if old == new {
        return None;
    }
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let prefix = common_prefix(a, b);
    let suffix = common_suffix(&a[prefix..], &b[prefix..]);
    let (old_end, new_end) = (a.len() - suffix, b.len() - suffix);
    Some(InputEdit {
        start_byte: prefix,
        old_end_byte: old_end,
        new_end_byte: new_end,
        start_position: point(a, prefix),
        old_end_position: point(a, old_end),
        new_end_position: point(b, new_end),
    })
}

fn point(bytes: &[u8], at: usize) -> Point {
    let before = &bytes[..at];
    let row = memchr::memchr_iter(b'\n', before).count();
    let column = at - memchr::memrchr(b'\n', before).map_or(0, |it| it + 1);
    Point { row, column }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn render(chunk: &Chunk) -> String {
        let mut out = String::new();
        for block in &chunk.blocks {
            let pad = "  ".repeat(block.depth as usize);
            let quoted = if block.quoted { "> " } else { "" };
            let kind = match &block.kind {
                BlockKind::Table { header, rows } => {
                    let cells = |row: &[Span]| -> String {
                        row.iter().map(|it| chunk.slice(*it)).collect::<Vec<_>>().join("|")
                    };
                    let rows: Vec<String> = rows.iter().map(|it| cells(it)).collect();
                    format!("Table {} // {}", cells(header), rows.join(" // "))
                }
                other => format!("{other:?}"),
            };
            let text = match block.kind {
                BlockKind::Table { .. } => "",
                _ => chunk.slice(block.text),
            };
            out += format!("{pad}{quoted}{kind} {text:?}\n").as_str();
        }
        out
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&render(&Reader::new().read(text, None)));
    }

    #[test]
    fn lists_tables_and_fences_have_places() {
        check(
            "# T #\n- [ ] a\n  - b\n\n> quoted\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```SQL x\nselect 1;\n```\n<!-- c -->\n",
            expect![[r#"
                Heading { level: 1, repaired: false } "T"
                Item { number: None, checked: Some(false) } "a"
                  Item { number: None, checked: None } "b"
                > Paragraph "quoted"
                Table x|y // 1|2 ""
                Fence { lang: "sql" } "select 1;\n"
                Comment "<!-- c -->"
            "#]],
        );
    }

    #[test]
    fn sentences_that_are_set_in_are_prose() {
        check(
            "# Ziel\n\n    Das Programm soll die Ausleihe von Geräten für alle im Verein leichter machen.\n\n# Code\n\n    let a = start();\n    run(a);\n",
            expect![[r#"
                Heading { level: 1, repaired: false } "Ziel"
                Paragraph "Das Programm soll die Ausleihe von Geräten für alle im Verein leichter machen."
                Heading { level: 1, repaired: false } "Code"
                Fence { lang: "" } "let a = start();\n    run(a);"
            "#]],
        );
    }

    #[test]
    fn bold_and_numbered_lines_become_headings() {
        check(
            "**Data model**\n\ntext\n\n2.1 Users\n\nmore text.\n",
            expect![[r#"
                Heading { level: 7, repaired: true } "Data model"
                Paragraph "text"
                Heading { level: 3, repaired: true } "2.1 Users"
                Paragraph "more text."
            "#]],
        );
    }

    #[test]
    fn plain_text_has_sections_and_tab_tables() {
        check(
            "GENERAL REQUIREMENTS\n\n2.2 Database (PostgreSQL)\nTable orders:\nid (UUID)\n\n【権限】\n\nname\ttype\nid\tint\n\n1. Users\n\nThey sign in.\n\n2. Orders\n- a\n- b\n\nFields:\n\n- id\n",
            expect![[r#"
                Heading { level: 2, repaired: true } "GENERAL REQUIREMENTS"
                Heading { level: 3, repaired: true } "2.2 Database (PostgreSQL)"
                Paragraph "Table orders:\nid (UUID)"
                Heading { level: 7, repaired: true } "権限"
                Table name|type // id|int ""
                Heading { level: 2, repaired: true } "Users"
                Paragraph "They sign in."
                Heading { level: 2, repaired: true } "Orders"
                Item { number: None, checked: None } "a"
                Item { number: None, checked: None } "b"
                Heading { level: 7, repaired: true } "Fields"
                Item { number: None, checked: None } "id"
            "#]],
        );
    }

    proptest! {
        #[test]
        fn an_incremental_read_equals_a_fresh_one(
            a in "[#\\-*`|> ab1.\n]{0,120}",
            b in "[#\\-*`|> ab1.\n]{0,120}",
        ) {
            let mut reader = Reader::new();
            let old = reader.read(&a, None);
            let fresh = reader.read(&b, None);
            let again = reader.read(&b, Some(&old));
            prop_assert_eq!(render(&again), render(&fresh));
        }
    }
}

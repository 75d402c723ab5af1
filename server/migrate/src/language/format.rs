//! Formats a migration spec: indent, blanks, the case of keywords; comments and order stay.
//!
//! A text is only changed where both texts read as the same operations, so that no mistake here
//! can change a migration.

use super::grammar::COLUMN;
use super::{File, read_file};
use model::Span;
use text::yaml;
use tree_sitter::{Node as Cst, Parser, Tree};

/// Levels of nesting that are laid out.
const DEPTH_MAX: usize = 32;

/// Rounds until nothing changes any more; texts that take more stay as they are.
const ROUNDS_MAX: usize = 4;

/// Keys whose scalars are in the column language.
const COLUMN_KEYS: [&str; 5] = ["columns", "column", "constraints", "constraint", "indices"];

/// `text` in the one layout: two blanks a level, one blank behind signs, no blank line twice,
/// keywords of columns in small letters. A text that is no YAML stays as it is.
#[must_use]
pub fn format(text: &str) -> String {
    let mut out = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let next = round(&out);
        if next == out {
            break;
        }
        out = next;
    }
    if round(&out) == out && is_same(text, &out) { out } else { text.to_owned() }
}

fn is_same(before: &str, after: &str) -> bool {
    let read = |text| read_file(0, File { name: "", text });
    let ((a, found), (b, left)) = (read(before), read(after));
    let rules = |it: &[model::Diagnostic]| it.iter().map(|it| it.rule).collect::<Vec<_>>();
    a == b && rules(&found) == rules(&left)
}

fn round(text: &str) -> String {
    let unified = text.replace("\r\n", "\n");
    let tree = yaml::parse(&unified);
    if tree.root_node().has_error() {
        return text.to_owned();
    }
    let mut layout = Layout::new(&unified);
    layout.walk(&tree);
    layout.finish()
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Starts a key or an item; its new indent.
    Start(usize),
    Comment,
    /// Goes on with what started before.
    Inside,
    /// As `Inside`, but its blanks are part of a text.
    Text,
    Blank,
}

struct Layout<'a> {
    text: &'a str,
    /// Where each line starts.
    starts: Vec<usize>,
    lines: Vec<Line>,
    /// Replaced bytes, within lines.
    edits: Vec<(Span, String)>,
    columns: Parser,
}

impl<'a> Layout<'a> {
    fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|it| it.0 + 1));
        let kind = |start: &usize| {
            let line = text[*start..].split('\n').next().unwrap_or_default();
            if line.trim().is_empty() { Line::Blank } else { Line::Inside }
        };
        let lines = starts.iter().map(kind).collect();
        let mut columns = Parser::new();
        columns.set_language(&COLUMN.into()).expect("the grammar's ABI is the library's");
        Self { text, starts, lines, edits: Vec::new(), columns }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|it| *it <= offset) - 1
    }

    fn walk(&mut self, tree: &Tree) {
        let mut cursor = tree.root_node().walk();
        loop {
            let node = cursor.node();
            match node.kind() {
                "comment" => self.comment(node),
                "---" | "..." => self.set(node, 0),
                "yaml_directive" | "tag_directive" | "reserved_directive" => self.set(node, 0),
                "plain_scalar" | "single_quote_scalar" | "double_quote_scalar" | "block_scalar" => {
                    self.text_lines(node);
                }
                _ => {}
            }
            if cursor.goto_first_child() {
                continue;
            }
            let mut is_done = false;
            while !is_done && !cursor.goto_next_sibling() {
                is_done = !cursor.goto_parent();
            }
            if is_done {
                break;
            }
        }
        let root = tree.root_node();
        let mut cursor = root.walk();
        for document in root.named_children(&mut cursor).filter(|it| it.kind() == "document") {
            self.value(document, 0, "", 0);
        }
    }

    fn comment(&mut self, node: Cst<'_>) {
        let line = self.line_of(node.start_byte());
        if self.text[self.starts[line]..node.start_byte()].trim().is_empty() {
            self.lines[line] = Line::Comment;
        }
    }

    /// Marks the lines of a text behind its first: their blanks may be part of it.
    fn text_lines(&mut self, node: Cst<'_>) {
        let end = node.end_byte().max(node.start_byte());
        let (first, last) = (self.line_of(node.start_byte()), self.line_of(end));
        for line in first + 1..=last {
            if self.starts[line] < end {
                self.lines[line] = Line::Text;
            }
        }
    }

    /// Gives the line that `node` starts its new indent.
    fn set(&mut self, node: Cst<'_>, indent: usize) {
        let line = self.line_of(node.start_byte());
        if self.text[self.starts[line]..node.start_byte()].trim().is_empty() {
            self.lines[line] = Line::Start(indent);
        }
    }

    fn is_one_line(&self, node: Cst<'_>) -> bool {
        !self.text[node.byte_range()].contains('\n')
    }

    /// Lays out a value and what is in it; `key` is the key that it belongs to.
    fn value(&mut self, node: Cst<'_>, indent: usize, key: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let mut cursor = node.walk();
        let children: Vec<Cst<'_>> = node.children(&mut cursor).collect();
        match node.kind() {
            "block_mapping_pair" | "flow_pair" => self.pair(node, &children, indent, depth),
            "block_sequence_item" => {
                self.set(node, indent);
                if let [dash, content, ..] = children.as_slice() {
                    self.gap(dash.end_byte(), content.start_byte(), " ");
                }
                for it in &children {
                    self.value(*it, indent + 2, key, depth + 1);
                }
            }
            "flow_sequence" | "flow_mapping" => {
                if self.is_one_line(node) {
                    self.flow_gaps(&children);
                }
                for it in &children {
                    self.value(*it, indent, key, depth + 1);
                }
            }
            "plain_scalar" => {
                if COLUMN_KEYS.contains(&key) && self.is_one_line(node) {
                    self.column(node);
                }
            }
            _ => {
                for it in &children {
                    self.value(*it, indent, key, depth + 1);
                }
            }
        }
    }

    fn pair(&mut self, node: Cst<'_>, children: &[Cst<'_>], indent: usize, depth: usize) {
        if node.kind() == "block_mapping_pair" {
            self.set(node, indent);
        }
        let key = node.child_by_field_name("key").map_or("", |it| &self.text[it.byte_range()]);
        let Some(colon) = children.iter().find(|it| it.kind() == ":") else { return };
        if let Some(it) = node.child_by_field_name("key") {
            self.gap(it.end_byte(), colon.start_byte(), "");
        }
        let Some(value) = node.child_by_field_name("value") else { return };
        self.gap(colon.end_byte(), value.start_byte(), " ");
        self.value(value, indent + 2, key, depth + 1);
    }

    fn flow_gaps(&mut self, children: &[Cst<'_>]) {
        for pair in children.windows(2) {
            let [left, right] = pair else { continue };
            let glue = match (left.kind(), right.kind()) {
                ("[" | "{", _) | (_, "]" | "}" | ",") => "",
                (",", _) => " ",
                _ => continue,
            };
            self.gap(left.end_byte(), right.start_byte(), glue);
        }
    }

    /// Puts `glue` between two places of one line that have only blanks between them.
    fn gap(&mut self, from: usize, to: usize, glue: &str) {
        let Some(there) = self.text.get(from..to) else { return };
        if there != glue && there.chars().all(|it| it == ' ' || it == '\t') {
            self.edits.push((Span::new(from, to), glue.to_owned()));
        }
    }

    /// Keywords in small letters, one blank between words.
    fn column(&mut self, node: Cst<'_>) {
        let text = &self.text[node.byte_range()];
        let Some(tree) = self.columns.parse(text, None) else { return };
        if tree.root_node().has_error() {
            return;
        }
        let mut out = String::new();
        let mut end = 0;
        let mut cursor = tree.root_node().walk();
        loop {
            let leaf = cursor.node();
            if leaf.child_count() == 0 && !leaf.byte_range().is_empty() {
                if leaf.start_byte() > end {
                    out.push(' ');
                }
                out.push_str(&leaf_text(leaf, text));
                end = leaf.end_byte();
            }
            if leaf.child_count() > 0 && cursor.goto_first_child() {
                continue;
            }
            let mut is_done = false;
            while !is_done && !cursor.goto_next_sibling() {
                is_done = !cursor.goto_parent();
            }
            if is_done {
                break;
            }
        }
        if out != text {
            self.edits.push((yaml::span(node), out));
        }
    }

    fn finish(mut self) -> String {
        self.edits.sort_by_key(|it| it.0);
        let mut out = String::with_capacity(self.text.len() + 64);
        let mut at = 0;
        let mut shift = 0isize;
        let mut was_blank = true;
        for line in 0..self.lines.len() {
            let start = self.starts[line];
            let end = self.starts.get(line + 1).map_or(self.text.len(), |it| it - 1);
            let body = &self.text[start..end];
            let blanks = body.len() - body.trim_start_matches(' ').len();
            let kind = self.lines[line];
            if kind == Line::Blank {
                if !was_blank {
                    out.push('\n');
                }
                was_blank = true;
                continue;
            }
            was_blank = false;
            let indent = match kind {
                Line::Start(it) => {
                    shift = small(it) - small(blanks);
                    it
                }
                Line::Comment => self.comment_indent(line, blanks),
                _ if body.trim().is_empty() => 0,
                _ => usize::try_from(small(blanks) + shift).unwrap_or(0),
            };
            out.push_str(&" ".repeat(indent));
            let mut from = start + blanks;
            while let Some((span, text)) =
                self.edits.get(at).filter(|it| (it.0.end as usize) <= end)
            {
                if span.start as usize >= from {
                    out.push_str(&self.text[from..span.start as usize]);
                    out.push_str(text);
                    from = span.end as usize;
                }
                at += 1;
            }
            let rest = &self.text[from.min(end)..end];
            let is_inside = self.lines.get(line + 1) == Some(&Line::Text);
            out.push_str(if is_inside || kind == Line::Text { rest } else { rest.trim_end() });
            out.push('\n');
        }
        let kept = out.trim_end_matches('\n').len();
        out.truncate(kept);
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }

    /// A comment goes with the entry of its own old indent, below or above it.
    fn comment_indent(&self, line: usize, blanks: usize) -> usize {
        let start = |it: usize| match self.lines[it] {
            Line::Start(indent) => {
                let body = &self.text[self.starts[it]..];
                Some((body.len() - body.trim_start_matches(' ').len(), indent))
            }
            _ => None,
        };
        let below = (line + 1..self.lines.len()).find_map(start);
        let mut above = (0..line).rev().filter_map(start);
        let same = below.filter(|it| it.0 == blanks).or_else(|| above.find(|it| it.0 == blanks));
        same.or(below).map_or(0, |it| it.1)
    }
}

fn small(it: usize) -> isize {
    isize::try_from(it).unwrap_or(isize::MAX / 2)
}

fn leaf_text(leaf: Cst<'_>, text: &str) -> String {
    let own = &text[leaf.byte_range()];
    let in_type = leaf.parent().is_some_and(|it| it.kind() == "type_name");
    if !leaf.is_named() || in_type { own.to_ascii_lowercase() } else { own.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::format;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let once = format(text);
        assert_eq!(format(&once), once, "it rests");
        expect.assert_eq(&once);
    }

    #[test]
    fn indent_blanks_and_keywords_have_one_form() {
        check(
            "\n\n# the users\nadd_table:\n    name:   users   # who signs in\n    # all of them\n    columns: [ id PK,email   TEXT UNIQUE NOT NULL ,  score DOUBLE PRECISION ]\n    rls:  own-row(id)\n\n\n    indices:\n    -   email\n    - { columns: [ score ],unique: true }\n\n\n---\noperations:\n- drop_column:   users.email\n\n\n-   sql:\n        sqlite: |\n            select 1;\n\n              select 2;\n        postgres: null\n",
            expect![[r#"
                # the users
                add_table:
                  name: users   # who signs in
                  # all of them
                  columns: [id pk, email text unique not null, score double precision]
                  rls: own-row(id)

                  indices:
                    - email
                    - {columns: [score], unique: true}

                ---
                operations:
                  - drop_column: users.email

                  - sql:
                      sqlite: |
                          select 1;

                            select 2;
                      postgres: null
            "#]],
        );
    }

    #[test]
    fn what_is_no_yaml_stays() {
        let text = "add_table:\n   columns: [a\n   rls:   deny\n";
        assert_eq!(format(text), text);
    }

    #[test]
    fn texts_over_lines_keep_their_words() {
        check(
            "add_table:\n     name: a\n     columns:\n           - id pk\n           - >-\n              b text\n              not null\n           - \"c text\n              unique\"\n     rls: deny\n",
            expect![[r#"
                add_table:
                  name: a
                  columns:
                    - id pk
                    - >-
                       b text
                       not null
                    - "c text
                       unique"
                  rls: deny
            "#]],
        );
    }
}

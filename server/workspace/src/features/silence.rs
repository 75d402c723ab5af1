//! Silencing a rule here, in a file or in the workspace.

use super::Edit;
use super::blocks::{Placed, blocks, newline};
use model::Span;
use spec::Document;
use text::markdown::BlockKind;

/// The edit that silences `rule` for the block at `offset`.
///
/// The comment goes before the whole block: inside a pipe table or a fence it would be content.
#[must_use]
pub fn here(document: &Document, rule: &str, offset: usize) -> Edit {
    let holding = blocks(document).filter(|it| it.span().touches(offset)).last();
    let anchor = holding.map_or(offset, |it: Placed<'_>| it.span().range().start);
    let start = line_start(document, anchor);
    let indent: String =
        document.text[start..].chars().take_while(|it| matches!(it, ' ' | '\t')).collect();
    let text = format!("{indent}<!-- specwright: allow {rule} -->{}", newline(document));
    Edit { span: Span::at(start), text }
}

/// The edit that silences `rule` for the entry of a YAML file at `offset`.
///
/// The comment goes above the line where the entry starts; within a text over several lines it
/// would be content.
#[must_use]
pub fn here_in_yaml(document: &Document, rule: &str, offset: usize) -> Edit {
    let line_at = |line| document.lines.line_span(line).map_or("", |it| &document.text[it]);
    let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let mut anchor = document.lines.line(offset.min(document.text.len()));
    // Up to the first line that can only be an entry's: all lines above it stand less deep.
    let mut shallowest = indent(line_at(anchor));
    for line in (0..anchor).rev() {
        let text = line_at(line);
        let body = text.trim();
        if body.is_empty() || body.starts_with('#') || indent(text) >= shallowest {
            continue;
        }
        shallowest = indent(text);
        let value = body.rsplit_once(": ").map_or(body, |it| it.1);
        if opens_text(value) || value.starts_with('[') || value.starts_with(['"', '\'', '{']) {
            anchor = line;
        }
    }
    let start = document.lines.line_span(anchor).map_or(0, |it| it.start);
    let blanks = " ".repeat(indent(line_at(anchor)));
    let text = format!("{blanks}# specwright: allow {rule}{}", newline(document));
    Edit { span: Span::at(start), text }
}

/// Whether a value is the head of a text over several lines: `|`, `>-`.
fn opens_text(value: &str) -> bool {
    value.starts_with(['|', '>']) && value.len() <= 3
}

/// The edit that silences `rule` in a whole YAML file: a comment at its start.
#[must_use]
pub fn in_yaml_file(document: &Document, rule: &str) -> Edit {
    let text = format!("# specwright: allow-file {rule}{}", newline(document));
    Edit { span: Span::at(0), text }
}

/// The edit that silences `rule` in the whole file: a comment behind the front matter.
#[must_use]
pub fn in_file(document: &Document, rule: &str) -> Edit {
    let front = blocks(document).find(|it| it.block.kind == BlockKind::FrontMatter);
    let after = front.map_or(0, |it| it.span().range().end);
    let start =
        document.text[after..].find('\n').filter(|_| after > 0).map_or(0, |it| after + it + 1);
    let line = newline(document);
    let text = format!("<!-- specwright: allow-file {rule} -->{line}");
    // A comment directly above a paragraph would swallow its first line.
    let gap = if document.text[start..].starts_with(['\n', '\r']) { "" } else { line };
    Edit { span: Span::at(start), text: text + gap }
}

/// The edit of `specwright.toml` that turns `rule` off; `settings` is empty when the file is new.
#[must_use]
pub fn in_settings(settings: &str, rule: &str) -> Edit {
    let line = format!("{rule} = \"off\"\n");
    let mut at = 0;
    let mut in_rules = false;
    let mut header = None;
    for text in settings.split_inclusive('\n') {
        let body = text.trim();
        if body.starts_with('[') {
            in_rules = body.trim_matches(['[', ']']).trim() == "rules";
            if in_rules {
                header = Some(at + text.len());
            }
        } else if in_rules && names(body, rule) {
            return Edit { span: Span::new(at, at + text.len()), text: line };
        }
        at += text.len();
    }
    match header {
        Some(at) if settings[..at].ends_with('\n') => Edit { span: Span::at(at), text: line },
        Some(at) => Edit { span: Span::at(at), text: format!("\n{line}") },
        None => {
            let gap = match settings {
                "" => "",
                it if it.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            Edit { span: Span::at(settings.len()), text: format!("{gap}[rules]\n{line}") }
        }
    }
}

/// Whether a line of TOML sets `rule`.
fn names(line: &str, rule: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| key.trim().trim_matches(['"', '\'']) == rule)
}

fn line_start(document: &Document, offset: usize) -> usize {
    let line = document.lines.line(offset.min(document.text.len()));
    document.lines.line_span(line).map_or(0, |it| it.start)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn applied(text: &str, edit: &Edit) -> String {
        let mut text = text.to_owned();
        text.replace_range(edit.span.range(), &edit.text);
        text
    }

    #[test]
    fn in_yaml_the_comment_goes_above_the_entry() {
        let check = |text: &str, expect: Expect| {
            let (before, after) = text.split_once("$0").expect("a cursor");
            let document = Document::unread(None, format!("{before}{after}").into());
            let edit = here_in_yaml(&document, "rule-name", before.len());
            expect.assert_eq(&applied(&document.text, &edit));
        };
        check(
            "add_table:\n  name: a\n  columns:\n    - id pk\n    - x $0int\n",
            expect![[r#"
            add_table:
              name: a
              columns:
                - id pk
                # specwright: allow rule-name
                - x int
        "#]],
        );
        check(
            "sql:\n  sqlite: |\n    drop\n    table $0x\n",
            expect![[r#"
            sql:
              # specwright: allow rule-name
              sqlite: |
                drop
                table x
        "#]],
        );
        check(
            "add_table:\n  columns: [id pk,\n    x $0int]\n",
            expect![[r#"
            add_table:
              # specwright: allow rule-name
              columns: [id pk,
                x int]
        "#]],
        );
    }

    fn check_here(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let document = &view.documents[0];
        let edit = here(document, "rule-name", place.offset);
        expect.assert_eq(&applied(&document.text, &edit));
    }

    #[test]
    fn the_comment_goes_before_the_whole_block() {
        check_here(
            "# A\n\none\ntw$0o\n",
            expect![[r#"
            # A

            <!-- specwright: allow rule-name -->
            one
            two
        "#]],
        );
        check_here(
            "| a |\n|---|\n| $0b |\n",
            expect![[r#"
            <!-- specwright: allow rule-name -->
            | a |
            |---|
            | b |
        "#]],
        );
        check_here(
            "- a\n  - b$0\n",
            expect![[r#"
            - a
              <!-- specwright: allow rule-name -->
              - b
        "#]],
        );
    }

    #[test]
    fn a_file_is_silenced_behind_its_front_matter() {
        let (view, _) = fixture("# T\r\n");
        let shown = applied(&view.documents[0].text, &in_file(&view.documents[0], "rule-name"));
        assert_eq!(shown, "<!-- specwright: allow-file rule-name -->\r\n\r\n# T\r\n");
        let (view, _) = fixture("---\na: 1\n---\n# T\n");
        let edit = in_file(&view.documents[0], "rule-name");
        expect![[r#"
            ---
            a: 1
            ---
            <!-- specwright: allow-file rule-name -->

            # T
        "#]]
        .assert_eq(&applied(&view.documents[0].text, &edit));
    }

    #[test]
    fn settings_keep_what_they_hold() {
        let check = |text: &str, expect: Expect| {
            expect.assert_eq(&applied(text, &in_settings(text, "rule-name")));
        };
        check(
            "",
            expect![[r#"
            [rules]
            rule-name = "off"
        "#]],
        );
        check(
            "[rules]\nother = \"on\"\n\n[check]\n",
            expect![[r#"
            [rules]
            rule-name = "off"
            other = "on"

            [check]
        "#]],
        );
        check(
            "[rules]\nrule-name = \"error\"\n",
            expect![[r#"
            [rules]
            rule-name = "off"
        "#]],
        );
        check(
            "a = 1",
            expect![[r#"
            a = 1

            [rules]
            rule-name = "off"
        "#]],
        );
    }
}

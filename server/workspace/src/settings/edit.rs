use super::raw::{self, Raw, RawKind};
use crate::features::Edit;
use model::{RelPath, Span};

/// The edit of `specwright.toml` that turns `rule` off: for the workspace, or for one file.
///
/// # Errors
/// Says why the file cannot be edited: broken TOML, or a shape that only a person should touch.
pub fn silence_edit(text: &str, rule: &str, file: Option<&RelPath>) -> Result<Edit, String> {
    let raw = raw::from_toml(text).map_err(|it| it.message)?;
    match file {
        Some(file) => silence_in_file(text, &raw, rule, file),
        None => silence_in_workspace(text, &raw, rule),
    }
}

fn silence_in_workspace(text: &str, raw: &Raw, rule: &str) -> Result<Edit, String> {
    let line = format!("{rule} = \"off\"\n");
    if let Some(rules) = entry(raw, "rules") {
        if let Some(Raw { span: Some(span), .. }) = entry(rules, rule) {
            return Ok(Edit { span: *span, text: "\"off\"".to_owned() });
        }
        return match header_end(text, "[rules]") {
            Some(at) => Ok(insert(text, at, &line)),
            None => Err("`rules` is not written as a section".to_owned()),
        };
    }
    Ok(insert(text, text.len(), &format!("{}[rules]\n{line}", blank_before(text))))
}

fn silence_in_file(text: &str, raw: &Raw, rule: &str, file: &RelPath) -> Result<Edit, String> {
    match entry(raw, "files") {
        // Inline: `files = [...]` cannot be followed by a `[[files]]`.
        Some(_) if header_end(text, "[[files]]").is_none() => {
            Err("`files` is not written as sections".to_owned())
        }
        _ => {
            let path = serde_json::to_string(file.as_str()).expect("strings are JSON");
            let section = format!("[[files]]\npaths = [{path}]\nallow = [\"{rule}\"]\n");
            Ok(insert(text, text.len(), &format!("{}{section}", blank_before(text))))
        }
    }
}

fn entry<'a>(raw: &'a Raw, name: &str) -> Option<&'a Raw> {
    let RawKind::Table(entries) = &raw.kind else { return None };
    entries.iter().find(|(it, _)| it.text == name).map(|(_, value)| value)
}

/// Where the line after the section's header starts.
fn header_end(text: &str, header: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let code = line.split('#').next().unwrap_or_default();
        if code.split_whitespace().collect::<String>() == header {
            return Some(at);
        }
    }
    None
}

fn insert(text: &str, at: usize, new: &str) -> Edit {
    let gap = if at == 0 || text[..at].ends_with('\n') { "" } else { "\n" };
    Edit { span: Span::at(at), text: format!("{gap}{new}") }
}

fn blank_before(text: &str) -> &'static str {
    if text.trim().is_empty() { "" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, file: Option<&str>, expect: Expect) {
        let file = file.and_then(RelPath::new);
        let out = match silence_edit(text, "dead-link", file.as_ref()) {
            Ok(edit) => {
                let mut text = text.to_owned();
                text.replace_range(edit.span.range(), &edit.text);
                text
            }
            Err(error) => format!("error: {error}\n"),
        };
        expect.assert_eq(&out);
    }

    #[test]
    fn a_new_file_gets_a_section() {
        check(
            "",
            None,
            expect![[r#"
            [rules]
            dead-link = "off"
        "#]],
        );
    }

    #[test]
    fn an_old_section_gets_a_line_and_an_old_line_a_value() {
        check(
            "[rules] # ours\nsmell = \"on\"\n",
            None,
            expect![[r#"
            [rules] # ours
            dead-link = "off"
            smell = "on"
        "#]],
        );
        check(
            "[rules]\ndead-link = \"error\"\n",
            None,
            expect![[r#"
            [rules]
            dead-link = "off"
        "#]],
        );
    }

    #[test]
    fn a_file_gets_a_section_of_its_own() {
        check(
            "[rules]\nsmell = \"on\"",
            Some("specs/a.md"),
            expect![[r#"
            [rules]
            smell = "on"

            [[files]]
            paths = ["specs/a.md"]
            allow = ["dead-link"]
        "#]],
        );
    }

    #[test]
    fn what_only_a_person_should_touch_is_left() {
        check(
            "rules = { smell = \"on\" }\n",
            None,
            expect![[r#"
            error: `rules` is not written as a section
        "#]],
        );
    }
}

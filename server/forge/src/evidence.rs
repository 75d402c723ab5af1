//! Where a spec asks for something, in one line: `PRD.md:12 "Users can …"`.
//!
//! Such a line stands as a comment behind what was written for it, so that a reader of the YAML
//! finds the requirement, and so that what a spec no longer asks for can be told from what the
//! author wrote by hand.

use crate::rules::secret_value::looks_secret;
use model::Evidence;
use spec::Document;

/// Letters of a quote; the rest is cut.
const QUOTE_MAX: usize = 60;

/// A place of a spec, as it was when it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub path: String,
    /// From 1.
    pub line: u32,
    /// Of that line; empty where it was not to be repeated.
    pub quote: String,
}

impl Mark {
    /// The place of `evidence`, with its line quoted.
    #[must_use]
    pub fn of(documents: &[Document], evidence: &Evidence) -> Option<Self> {
        let document = documents.get(evidence.document.0 as usize)?;
        let line = document.lines.line(evidence.span.range().start);
        let text = document.text.get(document.lines.line_span(line)?).unwrap_or_default();
        Some(Self { path: path_of(document), line: line + 1, quote: quote(text) })
    }

    /// The same without its line's words, for lines that may hold a value that is nobody's business.
    #[must_use]
    pub fn unquoted(self) -> Self {
        Self { quote: String::new(), ..self }
    }

    /// Reads the comment that a mark is written as; `None` when a comment is another one.
    #[must_use]
    pub fn parse(comment: &str) -> Option<Self> {
        let body = comment.trim_start_matches('#').trim();
        let (place, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
        let (path, line) = place.rsplit_once(':')?;
        let line = line.trim_end_matches([',', ';']).parse().ok().filter(|it| *it > 0)?;
        let quote = rest.split('"').nth(1).unwrap_or_default();
        (!path.is_empty()).then(|| Self { path: path.to_owned(), line, quote: quote.to_owned() })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)?;
        if !self.quote.is_empty() {
            write!(f, " \"{}\"", self.quote)?;
        }
        Ok(())
    }
}

/// The document's path; blanks would end it in a comment.
fn path_of(document: &Document) -> String {
    let path = document.path.as_ref().map_or("spec", model::RelPath::as_str);
    path.replace(char::is_whitespace, "%20")
}

fn quote(line: &str) -> String {
    if looks_secret(line) {
        return String::new();
    }
    // Some of these end a line of YAML.
    let is_break = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let visible = |it: char| if is_break(it) { ' ' } else { it };
    let plain: String = line.replace('"', "'").chars().map(visible).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let text = words.join(" ");
    if text.chars().count() <= QUOTE_MAX {
        return text;
    }
    let cut: String = text.chars().take(QUOTE_MAX).collect();
    format!("{} …", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark { path: "docs/a%20b.md".into(), line: 12, quote: "Users can …".into() };
        assert_eq!(mark.to_string(), "docs/a%20b.md:12 \"Users can …\"");
        assert_eq!(Mark::parse(&format!("# {mark} (chosen: text)")), Some(mark));
        assert_eq!(Mark::parse("# TODO: rename"), None);
        assert_eq!(Mark::parse("# see 12"), None);
    }

    #[test]
    fn a_line_with_a_secret_is_not_repeated() {
        assert_eq!(quote("KEY=sk_live_1234567890abcdef"), "");
        assert_eq!(quote("| id |\tuuid | \"x\""), "| id | uuid | 'x'");
    }
}

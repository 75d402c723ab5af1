//! The doc comment of a rule: its page, and the examples that are its tests.

pub mod held;

/// An example of a rule's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Whether the rule fires on it.
    pub bad: bool,
    /// The language of its fence.
    pub language: String,
    pub text: String,
}

/// The doc comment without the blanks after `///`.
#[must_use]
pub fn markdown(docs: &str) -> String {
    let lines = docs.lines().map(|it| it.strip_prefix(' ').unwrap_or(it));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first paragraph, on one line.
#[must_use]
pub fn summary(docs: &str) -> String {
    let markdown = markdown(docs);
    let first = markdown.split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fenced blocks that are marked `LANGUAGE,bad` or `LANGUAGE,good`, in order.
#[must_use]
pub fn examples(docs: &str) -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    let mut open: Option<String> = None;
    for line in markdown(docs).lines() {
        match (&open, opening(line)) {
            (None, Some((fence, language, bad))) => {
                out.push(Example { bad, language: language.to_owned(), text: String::new() });
                open = Some(fence.to_owned());
            }
            (None, None) => {}
            (Some(fence), _) if line == fence => open = None,
            (Some(_), _) => {
                let example = out.last_mut().expect("an open fence has pushed one");
                example.text.push_str(line);
                example.text.push('\n');
            }
        }
    }
    out
}

/// The page behind its summary, with its examples told as refused and accepted; fences are of
/// the language `shown`, or of their own.
#[must_use]
pub fn body(docs: &str, shown: Option<&str>) -> String {
    let markdown = markdown(docs);
    let (_, rest) = markdown.split_once("\n\n").unwrap_or_default();
    let mut out = String::new();
    for line in rest.lines() {
        match opening(line) {
            Some((fence, language, true)) => {
                out += &format!("Refused:\n\n{fence}{}\n", shown.unwrap_or(language));
            }
            Some((fence, language, false)) => {
                out += &format!("\nAccepted:\n\n{fence}{}\n", shown.unwrap_or(language));
            }
            None => out += &format!("{line}\n"),
        }
    }
    out
}

/// Fence, language, and whether the rule fires on it.
fn opening(line: &str) -> Option<(&str, &str, bool)> {
    let n_ticks = line.bytes().take_while(|it| *it == b'`').count();
    let (fence, info) = line.split_at(n_ticks);
    let (language, mark) = info.split_once(',')?;
    match mark {
        "bad" if n_ticks >= 3 => Some((fence, language, true)),
        "good" if n_ticks >= 3 => Some((fence, language, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_cut_from_the_page() {
        let docs = " One\n two.\n\n ````md,bad\n ```\n x\n ```\n ````\n ```sql,good\n y\n ```\n";
        let read: Vec<_> =
            examples(docs).into_iter().map(|it| (it.bad, it.language, it.text)).collect();
        let bad = (true, "md".to_owned(), "```\nx\n```\n".to_owned());
        assert_eq!(read, [bad, (false, "sql".to_owned(), "y\n".to_owned())]);
        assert_eq!(summary(docs), "One two.");
        assert!(body(docs, None).starts_with("Refused:\n\n````md\n```\nx\n"));
    }
}

//! Workflow commands of GitHub Actions, one a finding.

use workspace::commands::check::Output;

pub(crate) fn render(output: &Output) -> String {
    let mut out = String::new();
    for it in &output.findings {
        let word = match it.severity {
            "error" => "error",
            "warning" => "warning",
            _ => "notice",
        };
        // GitHub draws columns only on one line.
        let columns = if it.start.line == it.end.line {
            format!(",col={},endColumn={}", it.start.column, it.end.column)
        } else {
            String::new()
        };
        let place = format!("line={},endLine={}{columns}", it.start.line, it.end.line);
        out += &command(word, &it.file, &place, it.rule, &it.message);
    }
    out
}

/// One workflow command, with the end of its line.
pub(crate) fn command(word: &str, file: &str, place: &str, title: &str, message: &str) -> String {
    let (file, title, message) = (property(file), property(title), data(message));
    format!("::{word} file={file},{place},title={title}::{message}\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

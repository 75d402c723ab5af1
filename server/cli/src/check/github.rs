//! Workflow commands of GitHub Actions, one a finding.

use std::fmt::Write as _;
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
        let _ = writeln!(
            out,
            "::{word} file={},line={},endLine={}{columns},title={}::{}",
            property(&it.file),
            it.start.line,
            it.end.line,
            property(it.rule),
            data(&it.message),
        );
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

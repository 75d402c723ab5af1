//! Findings with the text they are about, in the manner of compilers.

use crate::run::Call;
use crate::screen::Screen;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use workspace::commands::check::Output;
use workspace::commands::explain::url;
use workspace::commands::{Finding, Place, Point, RelatedPlace};

/// How many bytes around a place are drawn at most; a paragraph on one line can be long.
const BYTES_AROUND: usize = 20_000;

pub(crate) fn show(call: &Call<'_>, output: &Output, screen: &mut Screen) {
    let renderer = screen.renderer();
    let mut texts = Texts { call, known: BTreeMap::new() };
    for finding in &output.findings {
        let groups = groups(finding, &mut texts);
        screen.line(&renderer.render(&groups));
        screen.line("");
    }
}

/// The last line: how many of what.
pub(crate) fn summary(output: &Output) -> String {
    let count =
        |severity: &str| output.findings.iter().filter(|it| it.severity == severity).count();
    let parts: Vec<String> =
        [("error", "error"), ("warning", "warning"), ("info", "info"), ("hint", "hint")]
            .into_iter()
            .map(|(severity, word)| (count(severity), word))
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| {
                format!("{n} {word}{}", if n == 1 || word == "info" { "" } else { "s" })
            })
            .collect();
    let specs = format!("{} spec{}", output.n_specs, if output.n_specs == 1 { "" } else { "s" });
    let known = match output.n_known {
        0 => String::new(),
        n => format!(" ({n} more in the baseline)"),
    };
    match (output.n_specs, parts.is_empty()) {
        (0, _) => {
            "no specs found; name a file, or set `specs.include` in specwright.toml".to_owned()
        }
        (_, true) => format!("no findings in {specs}{known}"),
        (_, false) => format!("{} in {specs}{known}", parts.join(", ")),
    }
}

/// Texts of files, read once.
struct Texts<'a> {
    call: &'a Call<'a>,
    known: BTreeMap<String, Source>,
}

#[derive(Clone, Default)]
struct Source {
    text: Arc<str>,
    /// Bytes of the file before the text: a byte order mark.
    mark: usize,
}

impl Texts<'_> {
    fn get(&mut self, file: &str) -> Source {
        if let Some(known) = self.known.get(file) {
            return known.clone();
        }
        let text = self.call.text(file).unwrap_or_else(|| "".into());
        let mark = if self.call.has_mark(file) { 3 } else { 0 };
        let source = Source { text, mark };
        self.known.insert(file.to_owned(), source.clone());
        source
    }
}

/// A part of a text around a place, in whole lines.
struct Window {
    text: String,
    line: usize,
    /// The place, in bytes of the part.
    at: Range<usize>,
    /// Offset of the part in the file.
    start: usize,
}

impl Window {
    fn new(source: &Source, start: Point, end: Point) -> Self {
        let text = &*source.text;
        let from = floor(text, (start.offset as usize).saturating_sub(source.mark));
        let to = floor(text, (end.offset as usize).saturating_sub(source.mark)).max(from);
        let first = text[..from].rfind('\n').map_or(0, |it| it + 1);
        // A place that ends at a line's start does not show that line.
        let last_byte = if to > from { to - 1 } else { to };
        let last_byte = floor(text, last_byte);
        let last = text[last_byte..].find('\n').map_or(text.len(), |it| last_byte + it);
        let first = first.max(floor(text, from.saturating_sub(BYTES_AROUND)));
        let last = last.min(floor(text, to + BYTES_AROUND)).max(to);
        let line = start.line as usize;
        Self {
            text: text[first..last].to_owned(),
            line,
            at: from - first..to - first,
            start: first + source.mark,
        }
    }

    fn holds(&self, it: &RelatedPlace) -> bool {
        let end = self.start + self.text.len();
        self.start <= it.start.offset as usize && it.end.offset as usize <= end
    }

    fn range(&self, it: &RelatedPlace) -> Range<usize> {
        it.start.offset as usize - self.start..it.end.offset as usize - self.start
    }
}

fn groups<'a>(finding: &'a Finding, texts: &mut Texts<'_>) -> Vec<Group<'a>> {
    let level = match finding.severity {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        "info" => Level::INFO,
        _ => Level::HELP.with_name(Some("hint")),
    };
    let title =
        level.primary_title(finding.message.as_str()).id(finding.rule).id_url(url(finding.rule));
    let window = Window::new(&texts.get(&finding.file), finding.start, finding.end);
    // The other side on the same line is drawn with this one.
    let is_beside = |it: &&RelatedPlace| it.file == finding.file && window.holds(it);
    let (beside, apart): (Vec<_>, Vec<_>) = finding.related.iter().partition(is_beside);
    let beside = beside
        .into_iter()
        .map(|it| AnnotationKind::Context.span(window.range(it)).label(it.message.as_str()));
    let snippet = Snippet::source(window.text.clone())
        .path(finding.file.as_str())
        .line_start(window.line)
        .annotation(AnnotationKind::Primary.span(window.at.clone()))
        .annotations(beside);
    let mut groups = vec![Group::with_title(title).element(snippet)];
    for it in apart {
        let window = Window::new(&texts.get(&it.file), it.start, it.end);
        let title = Level::NOTE.secondary_title(it.message.as_str());
        groups.push(
            Group::with_title(title).element(
                Snippet::source(window.text)
                    .path(it.file.as_str())
                    .line_start(window.line)
                    .annotation(AnnotationKind::Primary.span(window.at)),
            ),
        );
    }
    groups.extend(finding.fixes.iter().map(|it| {
        let word = if it.safe { " (specwright check --fix)" } else { "" };
        let title = Level::HELP.secondary_title(format!("{}{word}", it.title));
        let group = Group::with_title(title);
        match it.edits.as_slice() {
            [edit] => group.element(patch(edit, texts)),
            _ => group,
        }
    }));
    groups
}

fn patch(edit: &Place, texts: &mut Texts<'_>) -> Snippet<'static, Patch<'static>> {
    let source = texts.get(&edit.file);
    let window = Window::new(&source, edit.start, edit.end);
    Snippet::source(window.text)
        .path(edit.file.clone())
        .line_start(window.line)
        .patch(Patch::new(window.at, edit.text.clone()))
}

fn floor(text: &str, at: usize) -> usize {
    text::line_index::floor_char_boundary(text, at)
}

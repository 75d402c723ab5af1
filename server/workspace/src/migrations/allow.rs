//! `# specwright: allow RULE[, RULE]` silences the next entry of a YAML file, `allow-file` the file.
//!
//! An entry is a line with all lines that stand deeper below it, and the items of its list. At the
//! end of a line the comment silences the entry that starts there.

use crate::rules::{self, RuleInfo};
use crate::settings::nearest;
use model::{Diagnostic, DocumentId, Fix, FixEdit, Severity, Span, Tag};
use spec::Document;
use spec::rules::{Level, Levels};

/// One rule name of a comment.
struct Allow<'a> {
    name: &'a str,
    span: Span,
    /// From the `#` to the line's end.
    comment: Span,
    /// Whether it is the only name of its comment.
    is_alone: bool,
    /// What it silences; `None` is the whole file.
    reach: Option<Span>,
}

/// Drops from `found`, all of document `index`, what comments silence; tells of comments that do
/// nothing.
pub(super) fn apply(index: u32, document: &Document, levels: &Levels, found: &mut Vec<Diagnostic>) {
    let mut useless = Vec::new();
    for allow in allows(&document.text) {
        let rule = rules::find(allow.name);
        if !rule.is_some_and(RuleInfo::is_settable) {
            useless.extend(unknown(index, &allow, levels));
            continue;
        }
        let n_before = found.len();
        found.retain(|it| !allow.silences(it));
        let is_on = levels.by_name.get(allow.name) != Some(&Level::Off);
        // What is found a moment later cannot be missed yet.
        let is_static = migrate::lint::find(allow.name).is_none_or(migrate::lint::Rule::is_static);
        if n_before == found.len() && is_on && is_static {
            useless.extend(unused(index, &allow, levels));
        }
    }
    found.extend(useless);
}

/// Whether a comment of the document silences a finding of it.
pub(super) fn is_allowed(document: &Document, found: &Diagnostic) -> bool {
    allows(&document.text).iter().any(|it| it.silences(found))
}

impl Allow<'_> {
    fn silences(&self, found: &Diagnostic) -> bool {
        let is_near = self.reach.is_none_or(|reach| reach.touches(found.span.range().start));
        is_near && found.rule == self.name
    }
}

fn unused(index: u32, allow: &Allow<'_>, levels: &Levels) -> Option<Diagnostic> {
    let message = format!("`{}` finds nothing here to silence", allow.name);
    let fix = allow.is_alone.then(|| ("Remove the comment".to_owned(), allow.comment, "", false));
    let mut out = report(index, "unused-allow", levels, allow.span, message, fix)?;
    out.tag = Some(Tag::Unnecessary);
    Some(out)
}

fn unknown(index: u32, allow: &Allow<'_>, levels: &Levels) -> Option<Diagnostic> {
    if rules::find(allow.name).is_some() {
        let message = format!(
            "`{}` cannot be allowed: a file is not applied while the language refuses it",
            allow.name
        );
        return report(index, "unknown-allow", levels, allow.span, message, None);
    }
    let names = rules::all().iter().filter(|it| it.is_settable()).map(|it| it.name);
    let near = nearest(allow.name, names);
    let fix = near.map(|it| (format!("Write `{it}`"), allow.span, it, true));
    let message = format!("there is no rule `{}` to allow", allow.name);
    report(index, "unknown-allow", levels, allow.span, message, fix)
}

fn report(
    index: u32,
    rule: &'static str,
    levels: &Levels,
    span: Span,
    message: String,
    fix: Option<(String, Span, &str, bool)>,
) -> Option<Diagnostic> {
    let severity = match levels.by_name.get(rule) {
        Some(Level::Off) => return None,
        Some(Level::At(severity)) => *severity,
        Some(Level::On) | None => rules::find(rule).map_or(Severity::Hint, |it| it.severity),
    };
    let document = DocumentId(index);
    let fix = fix.map(|(title, span, text, safe)| {
        let edits = vec![FixEdit { document, span, text: text.to_owned() }];
        Fix { title, edits, safe }
    });
    Some(Diagnostic {
        rule,
        severity,
        document,
        span,
        message,
        related: Vec::new(),
        fixes: fix.into_iter().collect(),
        tag: None,
    })
}

fn allows(text: &str) -> Vec<Allow<'_>> {
    let mut out = Vec::new();
    // Almost no file has one.
    if !text.contains("specwright:") {
        return out;
    }
    let lines: Vec<Line<'_>> = lines(text);
    for (at, line) in lines.iter().enumerate() {
        let Some((hash, is_file, names)) = directive(line.text) else { continue };
        let reach = if is_file {
            None
        } else if line.is_blank {
            // An empty span behind the end: nothing follows that could be silenced.
            Some(entry(&lines[at + 1..]).unwrap_or(Span::at(u32::MAX as usize)))
        } else {
            entry(&lines[at..])
        };
        let comment = Span::new(line.start + hash, line.start + line.text.trim_end().len());
        let names: Vec<(usize, &str)> = words(line.text, names).collect();
        for (start, name) in &names {
            out.push(Allow {
                name,
                span: Span::new(line.start + start, line.start + start + name.len()),
                comment,
                is_alone: names.len() == 1,
                reach,
            });
        }
    }
    out
}

struct Line<'a> {
    start: usize,
    text: &'a str,
    /// Nothing but blanks, a comment, or a document's `---`.
    is_blank: bool,
    indent: usize,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let split = text.split_inclusive('\n').map(|text| {
        let body = text.trim_start_matches([' ', '\t']);
        let is_blank = body.trim().is_empty() || body.starts_with('#') || body.starts_with("---");
        let line = Line { start, text, is_blank, indent: text.len() - body.len() };
        start += text.len();
        line
    });
    split.collect()
}

/// Where the comment starts, whether it speaks of the file, and where the names start.
fn directive(line: &str) -> Option<(usize, bool, usize)> {
    let at = line.match_indices("specwright:").map(|it| it.0).find(|at| {
        let before = line[..*at].trim_end_matches([' ', '\t']);
        let hash = before.strip_suffix('#');
        hash.is_some_and(|it| it.is_empty() || it.ends_with([' ', '\t']))
    })?;
    let hash = line[..at].rfind('#')?;
    let rest = &line[at + "specwright:".len()..];
    let word = rest.trim_start();
    let names = line.len() - word.len();
    let (is_file, len) = match word.split([' ', '\t']).next()?.trim_end() {
        "allow" => (false, "allow".len()),
        "allow-file" => (true, "allow-file".len()),
        _ => return None,
    };
    Some((hash, is_file, names + len))
}

/// The names from `at` on, with where they start.
fn words(line: &str, at: usize) -> impl Iterator<Item = (usize, &str)> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let rest = &line[at..];
    let words = rest.split(move |it| !is_name(it)).filter(|it| !it.is_empty());
    words.map(move |it| (it.as_ptr() as usize - line.as_ptr() as usize, it))
}

/// The first entry of `lines`.
fn entry(lines: &[Line<'_>]) -> Option<Span> {
    let first = lines.iter().position(|it| !it.is_blank)?;
    let head = &lines[first];
    let is_item = |it: &Line<'_>| it.text[it.indent..].starts_with('-');
    let mut end = head.start + head.text.trim_end().len();
    for line in lines[first + 1..].iter().filter(|it| !it.is_blank) {
        let body = &line.text[line.indent..];
        let belongs = line.indent > head.indent
            || line.indent == head.indent
                && (is_item(line) && !is_item(head) || body.starts_with([']', '}']));
        if !belongs {
            break;
        }
        end = line.start + line.text.trim_end().len();
    }
    Some(Span::new(head.start, end))
}

//! Scalars of YAML: their text, and the way back from each byte of it to the file.

use model::Span;
use std::borrow::Cow;

/// A scalar's text after quotes, escapes and folding are undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar<'a> {
    pub text: Cow<'a, str>,
    pub style: Style,
    /// Where the text starts in the file.
    start: u32,
    /// Offset in the text, offset in the file: from there on both run in step. Ascending.
    jumps: Vec<(u32, u32)>,
    /// Where the text ends in the file.
    end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    Plain,
    Single,
    Double,
    /// `|` or `>`.
    Block,
}

impl<'a> Scalar<'a> {
    /// A text that stands in the file as it is.
    pub fn raw(text: &'a str, start: u32) -> Self {
        let end = start + Span::new(0, text.len()).end;
        Self { text: Cow::Borrowed(text), style: Style::Plain, start, jumps: Vec::new(), end }
    }

    /// A text that is as long as what stands in the file, byte for byte.
    pub fn owned(text: String, start: u32) -> Self {
        let end = start + Span::new(0, text.len()).end;
        Self { text: Cow::Owned(text), style: Style::Plain, start, jumps: Vec::new(), end }
    }

    /// The place in the file of `span` of the text.
    pub fn place(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        let end =
            if span.end as usize >= self.text.len() { self.end } else { self.offset(span.end) };
        Span { start: start.min(end), end: end.max(start) }
    }

    /// The place in the file of the whole text, without quotes.
    pub fn whole(&self) -> Span {
        Span { start: self.start, end: self.end }
    }

    fn offset(&self, offset: u32) -> u32 {
        let n_before = self.jumps.partition_point(|(from, _)| *from <= offset);
        let (from, to) = n_before.checked_sub(1).map_or((0, self.start), |it| self.jumps[it]);
        (to + (offset - from)).min(self.end)
    }
}

/// Undoes the quotes, escapes and folds of `source`, which starts at `start` of the file; the
/// second value names the escapes that do not exist.
pub fn read<'a>(kind: &str, source: &'a str, start: u32) -> (Scalar<'a>, Vec<Span>) {
    match kind {
        "single_quote_scalar" => quoted(source, start, Style::Single),
        "double_quote_scalar" => quoted(source, start, Style::Double),
        "block_scalar" => (block(source, start), Vec::new()),
        _ if !source.contains('\n') => (Scalar::raw(source, start), Vec::new()),
        _ => {
            let mut out = Builder::new(start);
            out.fold_lines(source, |it, line| it.push(line));
            (out.finish(Style::Plain, source.len()), Vec::new())
        }
    }
}

/// A text under construction, and where its parts come from.
struct Builder {
    text: String,
    jumps: Vec<(u32, u32)>,
    /// Of the file, where the source begins.
    start: u32,
    /// Of the source, next to be read.
    at: usize,
}

impl Builder {
    fn new(start: u32) -> Self {
        Self { text: String::new(), jumps: Vec::new(), start, at: 0 }
    }

    /// Takes the next bytes of the source as they are.
    fn push(&mut self, part: &str) {
        self.jump();
        self.text.push_str(part);
        self.at += part.len();
    }

    /// Takes `text` for the next `len` bytes of the source.
    fn replace(&mut self, text: &str, len: usize) {
        self.jump();
        self.text.push_str(text);
        self.at += len;
    }

    fn skip(&mut self, len: usize) {
        self.at += len;
    }

    /// Notes that the text goes on from `at`, where it does not follow by itself.
    fn jump(&mut self) {
        let (to, from) = (self.start + small(self.at), small(self.text.len()));
        let (last_from, last_to) = self.jumps.last().copied().unwrap_or((0, self.start));
        if last_to + (from - last_from) != to {
            if self.jumps.last().is_some_and(|it| it.0 == from) {
                self.jumps.pop();
            }
            self.jumps.push((from, to));
        }
    }

    /// Joins the lines of a flow scalar: one break is a blank, n are n - 1 breaks.
    fn fold_lines(&mut self, source: &str, mut take: impl FnMut(&mut Self, &str)) {
        let mut n_empty = 0;
        let lines: Vec<&str> = source.split('\n').collect();
        for (number, line) in lines.iter().enumerate() {
            let (is_first, is_last) = (number == 0, number + 1 == lines.len());
            let from = if is_first { 0 } else { line.len() - line.trim_start().len() };
            let body = &line[from..];
            let body = if is_last { body } else { body.trim_end() };
            let rest = line.len() - from - body.len() + usize::from(!is_last);
            if body.is_empty() && !is_first && !is_last {
                n_empty += 1;
                self.skip(line.len() + 1);
                continue;
            }
            if !is_first {
                let glue = if n_empty == 0 { " ".to_owned() } else { "\n".repeat(n_empty) };
                self.at -= 1;
                self.replace(&glue, 1);
                n_empty = 0;
            }
            self.skip(from);
            take(self, body);
            self.skip(rest);
        }
    }

    fn finish<'a>(self, style: Style, len: usize) -> Scalar<'a> {
        let end = self.start + small(len);
        Scalar { text: Cow::Owned(self.text), style, start: self.start, jumps: self.jumps, end }
    }
}

fn small(offset: usize) -> u32 {
    Span::at(offset).start
}

fn quoted<'a>(source: &'a str, start: u32, style: Style) -> (Scalar<'a>, Vec<Span>) {
    let quote = if style == Style::Single { '\'' } else { '"' };
    let inner = source.strip_prefix(quote).unwrap_or(source);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let start = start + 1;
    if !inner.contains(['\n', '\\', '\''])
        || (style == Style::Double && !inner.contains(['\n', '\\']))
    {
        let mut out = Scalar::raw(inner, start);
        out.style = style;
        return (out, Vec::new());
    }
    let mut bad = Vec::new();
    let mut out = Builder::new(start);
    out.fold_lines(inner, |out, line| match style {
        Style::Single => single_line(out, line),
        _ => double_line(out, line, &mut bad),
    });
    (out.finish(style, inner.len()), bad)
}

fn single_line(out: &mut Builder, mut line: &str) {
    while let Some(at) = line.find("''") {
        out.push(&line[..=at]);
        out.skip(1);
        line = &line[at + 2..];
    }
    out.push(line);
}

fn double_line(out: &mut Builder, mut line: &str, bad: &mut Vec<Span>) {
    while let Some(at) = line.find('\\') {
        out.push(&line[..at]);
        let escape = &line[at..];
        let len = match unescape(escape) {
            Some((text, len)) => {
                out.replace(&text, len);
                len
            }
            None => {
                let len = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                bad.push(Span::new(0, len).shift(out.start as usize + out.at));
                out.push(&escape[..len]);
                len
            }
        };
        line = &escape[len..];
    }
    out.push(line);
}

/// The text of the escape at the start of `escape`, and its length there.
fn unescape(escape: &str) -> Option<(String, usize)> {
    // A backslash at the end of a line: the break was folded away before.
    let Some(letter) = escape[1..].chars().next() else { return Some((String::new(), 1)) };
    let simple = |it: &str| Some((it.to_owned(), 2));
    match letter {
        '0' => simple("\0"),
        'a' => simple("\u{7}"),
        'b' => simple("\u{8}"),
        't' | '\t' => simple("\t"),
        'n' => simple("\n"),
        'v' => simple("\u{b}"),
        'f' => simple("\u{c}"),
        'r' => simple("\r"),
        'e' => simple("\u{1b}"),
        ' ' => simple(" "),
        '"' => simple("\""),
        '/' => simple("/"),
        '\\' => simple("\\"),
        'N' => simple("\u{85}"),
        '_' => simple("\u{a0}"),
        'L' => simple("\u{2028}"),
        'P' => simple("\u{2029}"),
        'x' => code_point(escape, 2),
        'u' => code_point(escape, 4),
        'U' => code_point(escape, 8),
        _ => None,
    }
}

fn code_point(escape: &str, n_digits: usize) -> Option<(String, usize)> {
    let digits = escape.get(2..2 + n_digits)?;
    let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
    let letter =
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).and_then(char::from_u32)?;
    Some((letter.to_string(), 2 + n_digits))
}

/// A scalar after `|` or `>`.
fn block<'a>(source: &'a str, start: u32) -> Scalar<'a> {
    let (header, body) = source.split_once('\n').unwrap_or((source, ""));
    let indicators = header.split('#').next().unwrap_or_default();
    let indent = block_indent(indicators, body);
    let mut out = Builder::new(start);
    out.skip(header.len() + 1);
    let body_start = (out.at).min(source.len());
    let is_folded = source.starts_with('>');
    let mut breaks = 0;
    let mut was_deep = false;
    for (number, full) in body.split('\n').enumerate() {
        let line = full.strip_suffix('\r').unwrap_or(full);
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let text = &line[indent.min(blanks)..];
        let is_deep = text.starts_with([' ', '\t']);
        if text.trim().is_empty() && (is_folded || !is_deep) {
            breaks += 1;
            out.skip(full.len() + 1);
            continue;
        }
        let folds = is_folded && !is_deep && !was_deep && !out.text.is_empty();
        let glue = match (out.text.is_empty() && number == breaks, folds, breaks) {
            (true, ..) => "\n".repeat(breaks),
            (_, true, 0) => " ".to_owned(),
            (_, true, n) => "\n".repeat(n),
            (_, false, n) => "\n".repeat(n + 1),
        };
        if !glue.is_empty() {
            let back = out.at.saturating_sub(1).max(body_start.saturating_sub(1));
            let ahead = out.at - back;
            out.at = back;
            out.replace(&glue, ahead);
        }
        out.skip(line.len() - text.len());
        out.push(text);
        out.skip(full.len() - line.len() + 1);
        (breaks, was_deep) = (0, is_deep);
    }
    let end = source.trim_end().len().max(body_start);
    match (indicators.contains('-'), indicators.contains('+'), out.text.is_empty()) {
        (true, ..) | (_, false, true) => {}
        (_, true, _) => out.text.push_str(&"\n".repeat(breaks)),
        _ => out.text.push('\n'),
    }
    let mut scalar = out.finish(Style::Block, end);
    scalar.start = scalar.jumps.first().filter(|it| it.0 == 0).map_or(scalar.start, |it| it.1);
    scalar.end = scalar.end.max(scalar.start);
    scalar
}

/// How many blanks each line of a block scalar loses.
fn block_indent(indicators: &str, body: &str) -> usize {
    // An explicit number counts from the parent's indent, which the lines show as well.
    let first = body.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    let shown = first.len() - first.trim_start_matches(' ').len();
    match indicators.chars().find_map(|it| it.to_digit(10)) {
        None => shown,
        Some(_) => {
            let lines = body.lines().filter(|it| !it.trim().is_empty());
            lines.map(|it| it.len() - it.trim_start_matches(' ').len()).min().unwrap_or(0)
        }
    }
}

/// Whether brackets and single quotes are closed.
pub fn is_balanced(text: &str) -> bool {
    let mut depth = 0i32;
    let mut in_quotes = false;
    for byte in text.bytes() {
        match byte {
            b'\'' => in_quotes = !in_quotes,
            b'(' if !in_quotes => depth += 1,
            b')' if !in_quotes => depth -= 1,
            _ => {}
        }
    }
    depth <= 0 && !in_quotes
}

/// Where the item that starts `text` ends, by its own brackets and quotes: before a comma, a comment
/// or the end of a flow list. `None` when they never close.
pub fn end_of_item(text: &str) -> Option<usize> {
    let mut depth = 0i32;
    let mut in_quotes = false;
    let mut was_blank = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => in_quotes = !in_quotes,
            b'(' if !in_quotes => depth += 1,
            b')' if !in_quotes => depth -= 1,
            b',' | b']' | b'}' | b'\n' if !in_quotes && depth <= 0 => {
                return Some(text[..at].trim_end().len());
            }
            b'#' if was_blank && !in_quotes && depth <= 0 => {
                return Some(text[..at].trim_end().len());
            }
            _ => {}
        }
        was_blank = matches!(byte, b' ' | b'\t');
    }
    (depth <= 0 && !in_quotes).then(|| text.trim_end().len())
}

/// `text` as a scalar that is read as this very text: plain where that is safe.
#[must_use]
pub fn written(text: &str) -> String {
    let starts = text.chars().next();
    let is_safe = starts.is_some_and(|it| it.is_ascii_alphabetic() || it == '_')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(['\n', '\r', '\t', '\u{feff}'])
        && !text.chars().any(|it| it.is_control())
        && !is_word_of_yaml(text);
    if is_safe { text.to_owned() } else { in_quotes(text) }
}

fn is_word_of_yaml(text: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    words.contains(&text.to_ascii_lowercase().as_str())
}

/// `text` as a scalar in double quotes.
pub fn in_quotes(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            it if it.is_control() => out.push_str(&format!("\\U{:08x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}

impl Scalar<'_> {
    /// The edit that puts `text` at `at` of the file, written as the scalar's quotes want it.
    pub fn edits(&self, at: Span, text: &str) -> Vec<(Span, String)> {
        vec![(at, self.escaped(text))]
    }

    /// `text` as it stands between the quotes of this scalar.
    pub fn escaped(&self, text: &str) -> String {
        match self.style {
            Style::Single => text.replace('\'', "''"),
            Style::Double => {
                let quoted = in_quotes(text);
                quoted[1..quoted.len() - 1].to_owned()
            }
            Style::Plain | Style::Block => text.to_owned(),
        }
    }
}

/// `text` as a JSON string.
pub fn in_json(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            it if u32::from(it) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}

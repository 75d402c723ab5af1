//! What one analysis costs without a protocol: cold and after a keystroke, against the physical
//! limits of the same text (copying it, parsing all of it) measured between the same samples.
//!
//! `cargo bench -p tests --bench engine` prints; `-- --write` puts the figures into
//! `docs/benchmarks.md`; `-- --only NAME` measures one document, `--edits N` with N keystrokes, for a
//! profiler.

use spec::{Analyzer, Document};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::measure::{Samples, ms, ratio, table, write_section};
use tests::specs;
use text::line_index::{Encoding, LineIndex};
use workspace::{DocumentKey, TextEdit, Workspace};

const EDITS: usize = 60;
const EDITS_A_PLACE: usize = 6;
const COLD_RUNS: usize = 9;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name| arguments.iter().position(|it| it == name).and_then(|it| arguments.get(it + 1));
    let only = value("--only");
    let n_edits = value("--edits").map_or(Ok(EDITS), |it| it.parse())?;
    let mut rows = Vec::new();
    for (name, text) in documents() {
        if only.is_none_or(|it| it == name) {
            rows.push(measure(name, &text, n_edits).row());
        }
    }
    let header = [
        "document",
        "KB",
        "chunks",
        "copy",
        "parse all",
        "cold",
        "cold / parse",
        "keystroke p50",
        "p95",
        "p50 / parse",
        "p50 / copy",
    ];
    let body = table(&header, &rows);
    println!("{body}");
    if arguments.iter().any(|it| it == "--write") {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
        write_section(&page, "engine", &body)?;
    }
    Ok(())
}

fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("prd-20k", specs::prd(20_000)),
        ("prd-90k", specs::prd(90_000)),
        ("prd-1m", specs::prd(1_000_000)),
        ("few-headings-90k", specs::few_headings(90_000)),
        ("one-list-90k", specs::one_list(90_000)),
        ("one-table-90k", specs::one_table(90_000)),
        ("one-fence-90k", specs::one_fence(90_000)),
        ("few-headings-1m", specs::few_headings(1_000_000)),
        ("one-list-1m", specs::one_list(1_000_000)),
    ]
}

struct Figures {
    name: &'static str,
    bytes: usize,
    n_chunks: usize,
    copy: Samples,
    parse: Samples,
    cold: Samples,
    keystroke: Samples,
}

impl Figures {
    fn row(&self) -> Vec<String> {
        let (parse, keystroke) = (self.parse.median(), self.keystroke.median());
        vec![
            self.name.to_owned(),
            (self.bytes / 1000).to_string(),
            self.n_chunks.to_string(),
            ms(self.copy.median()),
            ms(parse),
            ms(self.cold.median()),
            ratio(self.cold.median(), parse),
            ms(keystroke),
            ms(self.keystroke.percentile(95)),
            ratio(keystroke, parse),
            ratio(keystroke, self.copy.median()),
        ]
    }
}

fn measure(name: &'static str, text: &str, n_edits: usize) -> Figures {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_md::LANGUAGE.into()).expect("the grammar's ABI is ours");
    let shared: Arc<str> = text.into();
    let (mut copy, mut parse, mut cold) = (Vec::new(), Vec::new(), Vec::new());
    let mut n_chunks = 0;
    for _ in 0..COLD_RUNS {
        copy.push(time(|| String::from(black_box(text))));
        parse.push(time(|| parser.parse(text, None)));
        cold.push(time(|| {
            let document = Document::new(None, Arc::clone(&shared));
            n_chunks = document.chunks.len();
            Analyzer::new(Arc::default()).analyze(&[document])
        }));
    }
    Figures {
        name,
        bytes: text.len(),
        n_chunks,
        copy: copy.into_iter().collect(),
        parse: parse.into_iter().collect(),
        cold: cold.into_iter().collect(),
        keystroke: keystrokes(text, n_edits),
    }
}

/// Types words at places spread over the text, one letter an edit, and asks for the analysis.
fn keystrokes(text: &str, n_edits: usize) -> Samples {
    let key = DocumentKey::Untitled("bench".to_owned());
    let mut workspace = Workspace::new(Arc::default());
    workspace.open(key.clone(), 0, text.into());
    workspace.snapshot().spec(&key).expect("the document is open");
    let mut samples = Vec::new();
    let mut version = 0;
    let n_places = n_edits.div_ceil(EDITS_A_PLACE);
    for place in 0..n_places {
        let offset = word_near(text, text.len() * place / n_places);
        let start = LineIndex::new(text).position(offset, Encoding::Utf16);
        for (typed, letter) in "worker".chars().take(EDITS_A_PLACE).enumerate() {
            let mut at = start;
            at.column += u32::try_from(typed).expect("a word is short");
            version += 1;
            let edit = TextEdit { range: Some((at, at)), text: letter.to_string() };
            samples.push(time(|| {
                workspace.edit(&key, version, &[edit], Encoding::Utf16);
                workspace.snapshot().spec(&key)
            }));
        }
    }
    samples.into_iter().collect()
}

/// The start of the first word at or after `at` that has a space before it.
fn word_near(text: &str, at: usize) -> usize {
    let at = text::line_index::floor_char_boundary(text, at);
    let gap = text[at..].find(' ').map_or(0, |it| it + 1);
    text::line_index::floor_char_boundary(text, at + gap)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
fn time<T>(act: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(act());
    let taken = start.elapsed();
    drop(result);
    taken
}

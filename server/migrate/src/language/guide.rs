//! Holds the guide to what the code does.

use super::{File, RLS_WORDS, format, keywords, read, replay, type_words};
use crate::plan::Dialect;
use crate::schema::Schema;
use model::Severity;

fn guide() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guides/migrations.md");
    std::fs::read_to_string(path).expect("the guide is in the repository")
}

/// The examples, in order.
fn examples(guide: &str) -> Vec<&str> {
    let fences = guide.split("```yaml\n").skip(1);
    fences.map(|it| it.split("```").next().expect("a split has a first part")).collect()
}

#[test]
fn the_examples_are_one_story_without_a_finding() {
    let guide = guide();
    let examples = examples(&guide);
    let names: Vec<String> = (1..=examples.len()).map(|it| format!("{it:04}_example")).collect();
    let files: Vec<File<'_>> =
        names.iter().zip(&examples).map(|(name, text)| File { name, text }).collect();
    let read = read(&files);
    let replayed = replay(&Schema::default(), &read.operations);
    let found: Vec<String> = read
        .diagnostics
        .iter()
        .chain(&replayed.diagnostics)
        .filter(|it| it.severity > Severity::Hint)
        .map(|it| format!("{}: {}", names[it.document.0 as usize], it.message))
        .collect();
    assert_eq!(found, Vec::<String>::new());
    let sql = crate::render::schema(&replayed.schema, Dialect::Sqlite).sql();
    crate::sqlite::catalog_of_sql(&sql).expect("the engine takes it");
    for text in examples {
        assert_eq!(format(text), text);
    }
}

#[test]
fn every_word_of_the_language_is_in_the_guide() {
    let guide = guide();
    let types = type_words().take(15).map(|it| format!("`{it}"));
    let words = keywords().map(|it| format!("{it}:")).chain(types);
    let missing: Vec<String> = words
        .chain(RLS_WORDS.iter().map(|it| format!("| `{it}")))
        .filter(|it| !guide.contains(it.as_str()) && !guide.contains(&it.replacen('`', ", `", 1)))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

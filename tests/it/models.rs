//! Data models in many notations and languages, each with what it declares in its first line.

use spec::{Analyzer, Document};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The least F1 over all tables, and over the columns of those found.
const FLOOR: f64 = 0.95;
/// Columns that every table may have, whether listed or not.
const IMPLIED: &[&str] = &["id", "created_at", "updated_at"];

type Tables = BTreeMap<String, Vec<String>>;

#[test]
fn data_models_of_many_notations_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/models");
    let (mut tables, mut columns) = (Score::default(), Score::default());
    let mut misses = String::new();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "only {} fixtures", paths.len());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (expected, found) = (expected(&text), detected(&text));
        let keys = |it: &Tables| it.keys().cloned().collect::<Vec<_>>();
        let missed = tables.add(&keys(&expected), &keys(&found));
        misses += &note(&name, "tables", &missed);
        for (table, fields) in &expected {
            let Some(got) = found.get(table) else { continue };
            let missed = columns.add(fields, got);
            misses += &note(&name, table, &missed);
        }
    }
    println!("tables {:.3}, columns {:.3}", tables.f1(), columns.f1());
    assert!(
        tables.f1() >= FLOOR && columns.f1() >= FLOOR,
        "tables {:.3}, columns {:.3}\n{misses}",
        tables.f1(),
        columns.f1()
    );
}

/// `<!-- expect: users(id,email) posts(id,user_id) -->`
fn expected(text: &str) -> Tables {
    let line = text.lines().next().unwrap();
    let list = line.strip_prefix("<!-- expect: ").and_then(|it| it.strip_suffix(" -->")).unwrap();
    list.split(' ')
        .map(|it| {
            let (name, fields) = it.strip_suffix(')').unwrap().split_once('(').unwrap();
            (name.to_owned(), fields.split(',').map(str::to_owned).collect())
        })
        .collect()
}

fn detected(text: &str) -> Tables {
    let document = Document::new(None, Arc::from(text));
    let analysis = Analyzer::new(Arc::default()).analyze(&[document]);
    let tables = analysis.detection.tables.iter().filter(|it| it.is_required());
    tables
        .map(|it| (it.name.clone(), it.columns.iter().map(|it| it.name.clone()).collect()))
        .collect()
}

#[derive(Default)]
struct Score {
    hits: usize,
    extra: usize,
    missing: usize,
}

impl Score {
    /// Counts; returns what was missed with `-` and what was too much with `+` before it.
    fn add(&mut self, expected: &[String], found: &[String]) -> Vec<String> {
        let implied = |it: &&String| !IMPLIED.contains(&it.as_str());
        let missing: Vec<_> = expected.iter().filter(|it| !found.contains(it)).collect();
        let extra: Vec<_> =
            found.iter().filter(|it| !expected.contains(it)).filter(implied).collect();
        self.hits += expected.len() - missing.len();
        self.missing += missing.len();
        self.extra += extra.len();
        let missing = missing.into_iter().map(|it| format!("-{it}"));
        missing.chain(extra.into_iter().map(|it| format!("+{it}"))).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / (2 * self.hits + self.extra + self.missing).max(1) as f64
    }
}

fn note(file: &str, what: &str, missed: &[String]) -> String {
    if missed.is_empty() {
        return String::new();
    }
    format!("{file} {what}: {}\n", missed.join(" "))
}

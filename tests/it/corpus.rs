//! Detection over the annotated evaluation specs, judged by their own scorer.

use spec::{Analyzer, Document};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The least F1 that a change may leave on the given specs. The goals on unseen ones and what was
/// measured are in `docs/accuracy.md`.
const FLOORS: &[(&str, f64)] = &[
    ("none", 0.88),
    ("tables", 0.83),
    ("columns", 0.82),
    ("relations", 0.75),
    ("auth", 0.91),
    ("auth_required", 0.93),
    ("storage", 0.97),
    ("functions", 0.97),
    ("schedules", 0.92),
    ("secrets", 0.86),
    ("payments", 0.97),
    ("realtime", 0.87),
    ("gateway", 0.97),
    ("deploy", 0.97),
];

#[test]
fn detection_stays_above_its_floors_on_the_evaluation_specs() {
    let Some(specs) = evaluation_specs() else { return };
    let predictions = tempfile::tempdir().unwrap();
    for id in std::fs::read_to_string(specs.join("ids.txt")).unwrap().split_whitespace() {
        let text = std::fs::read_to_string(specs.join(format!("{id}.md"))).unwrap();
        let path = model::RelPath::new(&format!("{id}.md"));
        let document = Document::new(path, Arc::from(text));
        let analysis = Analyzer::new(Arc::default()).analyze(&[document]);
        let output = workspace::commands::detect::output(&analysis.detection);
        let json = serde_json::to_string(&output).unwrap();
        std::fs::write(predictions.path().join(format!("{id}.json")), json).unwrap();
    }
    let Some(scores) = score(&specs, predictions.path()) else { return };
    for (kind, floor) in FLOORS {
        let f1 = scores[kind]["f1"].as_f64().unwrap();
        assert!(f1 >= *floor, "{kind}: F1 {f1:.3} fell below {floor}");
    }
}

/// The folder of annotated specs, when the environment names the evaluation data.
fn evaluation_specs() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("SPECWRIGHT_EVAL_DIR") else {
        println!("skipped: SPECWRIGHT_EVAL_DIR is not set");
        return None;
    };
    Some(Path::new(&root).join("specs"))
}

fn score(specs: &Path, predictions: &Path) -> Option<serde_json::Value> {
    let scorer = specs.parent().unwrap().join("score.py");
    let run = Command::new("python3").arg(scorer).arg(predictions).arg("--json").output();
    let Ok(run) = run else {
        println!("skipped: python3 is not installed");
        return None;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(serde_json::from_slice(&run.stdout).unwrap())
}

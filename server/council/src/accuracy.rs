//! How much of what is wrong is found, and how much of what is right is let by: measured on cases of
//! our own, and on those of the evaluation data where they are.

use crate::{Subject, deterministic, review};
use migrate::plan::Dialect;
use model::{Review, Risk, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use system::TestSystem;

/// Where the page goes on with what was measured on sets that are not in the repository; from there
/// on it is written by hand.
const BY_HAND: &str = "## On changes that the rules were not written for";

#[derive(Default)]
struct Score {
    /// Class: how many there are, found with their class, and with the verdict that their risk asks for.
    classes: BTreeMap<String, [usize; 3]>,
    /// Defects whose change does not pass.
    n_caught: usize,
    n_clean: usize,
    n_blocked: usize,
    n_noted: usize,
    slowest_ms: u128,
    wrong: String,
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn reviewed(file: &Value, case: &Value) -> Review {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dialect = if case["eng"] == "sqlite" { Dialect::Sqlite } else { Dialect::Postgres };
    let own = case["base"].as_str().map(|it| text(&file["bases"][it]));
    let base = own.unwrap_or_else(|| match dialect {
        Dialect::Sqlite => text(file.get("sqlite_base").unwrap_or(&file["base"])),
        Dialect::Postgres => text(&file["base"]),
    });
    let subject = Subject::of_migration(dialect, &base, &text(&case["up"]), case["down"].as_str());
    let panel = deterministic();
    let panel: Vec<_> = panel.iter().map(AsRef::as_ref).collect();
    review(&subject, &panel, &TestSystem::new())
}

#[expect(clippy::disallowed_methods, reason = "a test looks at the clock")]
fn measure(path: &Path) -> Score {
    let file = std::fs::read_to_string(path).expect("the cases are there");
    let file: Value = serde_json::from_str(&file).expect("they are JSON");
    let mut score = Score::default();
    for case in file["bad"].as_array().into_iter().chain(file["good"].as_array()).flatten() {
        let start = Instant::now();
        let review = reviewed(&file, case);
        score.slowest_ms = score.slowest_ms.max(start.elapsed().as_millis());
        if case["bad"] == true { score.bad(case, &review) } else { score.good(case, &review) }
    }
    score
}

impl Score {
    fn bad(&mut self, case: &Value, review: &Review) {
        let class = case["cls"].as_str().expect("each defect has a class");
        let own = review.findings.iter().filter(|it| it.class.word() == class);
        let worst = own.map(|it| it.risk).max();
        let is_judged = match case["sev"].as_str() {
            Some("crit" | "high") => review.verdict == Verdict::Block && worst >= Some(Risk::High),
            Some("med") => worst >= Some(Risk::Medium),
            _ => worst.is_some(),
        };
        self.n_caught += usize::from(review.verdict != Verdict::Pass);
        let counts = self.classes.entry(class.to_owned()).or_default();
        counts[0] += 1;
        counts[1] += usize::from(worst.is_some());
        counts[2] += usize::from(is_judged);
        if !is_judged {
            self.tell(case, review);
        }
    }

    fn good(&mut self, case: &Value, review: &Review) {
        self.n_clean += 1;
        let is_blocked = review.verdict != Verdict::Pass;
        self.n_blocked += usize::from(is_blocked);
        self.n_noted += usize::from(!review.findings.is_empty());
        if is_blocked || review.findings.iter().any(|it| it.risk >= Risk::Medium) {
            self.tell(case, review);
        }
    }

    fn tell(&mut self, case: &Value, review: &Review) {
        let found: Vec<String> =
            review.findings.iter().map(|it| format!("{}({})", it.rule, it.risk.word())).collect();
        let (id, up, class) = (&case["id"], &case["up"], &case["cls"]);
        let reasons =
            if review.verdict == Verdict::Inconclusive { &review.reasons[..] } else { &[] };
        let _ = writeln!(
            self.wrong,
            "{id} {class} {}: {} {found:?} {reasons:?}\n   {up}",
            case["sev"],
            review.verdict.word()
        );
    }
}

/// Hundredths, rounded down.
fn percent(part: usize, of: usize) -> String {
    let share = (part * 100).checked_div(of);
    share.map_or("none".to_owned(), |it| format!("{it} %"))
}

fn page(score: &Score) -> String {
    let mut out = String::from(
        "# How much the council finds\n\n\
         The deterministic reviewers, without a model, on the cases of \
         `tests/fixtures/council/cases.json`: seeded defects of the kinds that linters, outages and \
         advisors are known for, and changes that are right. The page is written by the test that \
         measures. The rules were written knowing these cases, so that the recall here is an upper \
         bound; the cases guard what is found.\n\n\
         | class | defects | found | judged as they should be |\n| --- | --- | --- | --- |\n",
    );
    for (class, [n, found, judged]) in &score.classes {
        let (found, judged) = (percent(*found, *n), percent(*judged, *n));
        let _ = writeln!(out, "| {class} | {n} | {found} | {judged} |");
    }
    let n_defects: usize = score.classes.values().map(|it| it[0]).sum();
    let all = score.classes.values().map(|it| it[2]).sum();
    let _ = writeln!(
        out,
        "\nJudged: the worst finding of the defect's class blocks where the defect is critical or high, \
         is at least medium where it is medium, and is there where it is low.\n\n\
         | | changes | share |\n| --- | --- | --- |\n\
         | defects judged as they should be | {all} of {n_defects} | {} |\n\
         | defects that do not pass | {} of {n_defects} | {} |\n\
         | clean changes that are not passed | {} of {} | {} |\n\
         | clean changes with any note | {} of {} | {} |",
        percent(all, n_defects),
        score.n_caught,
        percent(score.n_caught, n_defects),
        score.n_blocked,
        score.n_clean,
        percent(score.n_blocked, score.n_clean),
        score.n_noted,
        score.n_clean,
        percent(score.n_noted, score.n_clean),
    );
    out
}

#[test]
fn what_is_wrong_is_found_and_what_is_right_passes() {
    let score = measure(&repository("tests/fixtures/council/cases.json"));
    println!("slowest: {} ms", score.slowest_ms);
    let path = repository("docs/council-accuracy.md");
    let known = std::fs::read_to_string(&path).expect("the page is there");
    let by_hand = known.find(BY_HAND).expect("the page has a part by hand");
    let page = format!("{}\n{}", page(&score), &known[by_hand..]);
    expect_test::expect_file![path].assert_eq(&page);
    assert!(score.wrong.is_empty(), "{}", score.wrong);
}

#[test]
fn the_cases_of_the_evaluation_data_come_out_right() {
    let Some(root) = std::env::var_os("SPECWRIGHT_EVAL_DIR") else {
        println!("skipped: SPECWRIGHT_EVAL_DIR is not set");
        return;
    };
    let score = measure(&Path::new(&root).join("council/migrations.json"));
    println!("{}slowest: {} ms", page(&score), score.slowest_ms);
    assert!(score.wrong.is_empty(), "{}", score.wrong);
}

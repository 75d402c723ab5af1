//! The reference pages of rules, drawn from their doc comments.

use super::{Group, RULES, Rule};
use text::rule_docs::{body, summary};

/// The reference page of one rule, `docs/council-rules/<name>.md`.
#[must_use]
pub fn page(rule: &Rule) -> String {
    format!(
        "# {}\n\n{}\n\nReviewer: {} · class: {} · since {}\n\n{}",
        rule.name,
        summary(rule.docs),
        rule.group.word(),
        rule.class.word(),
        rule.since,
        body(rule.docs, Some("sql")),
    )
}

/// The index page of all rules, `docs/council-rules/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Rules of the council\n\n\
         These pages are drawn from the code; change the doc comment of a rule, not its page.\n",
    );
    for group in Group::ALL {
        out += &format!(
            "\n## {}\n\n| rule | class | what it finds |\n| --- | --- | --- |\n",
            title(group)
        );
        for rule in RULES.iter().filter(|it| it.group == group) {
            let summary = summary(rule.docs).replace('|', "\\|");
            out +=
                &format!("| [`{0}`]({0}.md) | {1} | {summary} |\n", rule.name, rule.class.word());
        }
    }
    out
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Lint => "Lint: what others wait for",
        Group::NetChange => "Net change: what is gone or different in sum",
        Group::Access => "Access: who can do what",
        Group::Shadow => "Shadow: what happened when it was run",
        Group::Reversibility => "Reversibility: what the way back gives back",
        Group::Secrets => "Secrets: what must not be written down",
        Group::Spec => "Spec: what was asked for",
        Group::Healing => "Healing: what was there before this workspace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, PartKind, Subject, deterministic, review};
    use migrate::plan::Dialect;
    use model::{Review, Risk, SubjectKind, Verdict};
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};
    use system::TestSystem;
    use text::rule_docs::{Example, examples};

    fn pages() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/council-rules")
    }

    fn subject(example: &Example) -> Subject {
        let (before, down) = example.text.split_once("-- down\n").unwrap_or((&example.text, ""));
        let (before, spec) = before.split_once("-- spec\n").unwrap_or((before, ""));
        let (before, imported) = before.split_once("-- imported\n").unwrap_or((before, ""));
        let (base, migration) = before.split_once("-- migration\n").unwrap_or(("", before));
        let dialect =
            if example.language == "sqlite" { Dialect::Sqlite } else { Dialect::Postgres };
        let texts = [
            (PartKind::Base, base),
            (PartKind::Migration, migration),
            (PartKind::Spec, spec),
            (PartKind::Imported, imported),
            (PartKind::Down, down),
        ];
        let parts = texts.into_iter().filter(|it| !it.1.is_empty()).map(|(kind, text)| Part {
            kind,
            name: kind.word().to_owned(),
            text: text.to_owned(),
        });
        Subject { kind: SubjectKind::MigrationPlan, dialect, parts: parts.collect() }
    }

    fn reviewed(example: &Example) -> Review {
        let panel = deterministic();
        let panel: Vec<_> = panel.iter().map(AsRef::as_ref).collect();
        review(&subject(example), &panel, &TestSystem::new())
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_passes() {
        let mut wrong = String::new();
        for rule in RULES {
            let examples = examples(rule.docs);
            for bad in [true, false] {
                if !examples.iter().any(|it| it.bad == bad) {
                    wrong += &format!("{}: has no example with bad = {bad}\n", rule.name);
                }
            }
            for example in examples {
                let review = reviewed(&example);
                let own = review.findings.iter().any(|it| it.rule == rule.name);
                let harms = review.findings.iter().any(|it| it.risk >= Risk::Medium);
                let fits = if example.bad {
                    own
                } else {
                    !own && !harms && review.verdict == Verdict::Pass
                };
                if !fits {
                    let found: Vec<_> =
                        review.findings.iter().map(|it| (&it.rule, it.risk)).collect();
                    wrong += &format!(
                        "{}: bad = {} gives {found:?} {:?}\n",
                        rule.name, example.bad, review.reasons
                    );
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        std::fs::create_dir_all(pages()).expect("the folder of pages");
        let mut known = BTreeSet::from(["README.md".to_owned()]);
        expect_test::expect_file![pages().join("README.md")].assert_eq(&index_page());
        for rule in RULES {
            let name = format!("{}.md", rule.name);
            expect_test::expect_file![pages().join(&name)].assert_eq(&page(rule));
            known.insert(name);
        }
        for entry in std::fs::read_dir(pages()).expect("the folder was just read") {
            let name = entry.expect("a readable entry").file_name().to_string_lossy().into_owned();
            assert!(known.contains(&name), "docs/council-rules/{name} belongs to no rule");
        }
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        for entry in std::fs::read_dir(&folder).expect("the folder of rules") {
            let path = entry.expect("a readable entry").path();
            let stem = path.file_stem().and_then(|it| it.to_str()).expect("a name in ASCII");
            let source = std::fs::read_to_string(&path).expect("a source file");
            if !source.contains("\ndeclare_rule! {") {
                continue;
            }
            let name = stem.replace('_', "-");
            assert!(super::super::find(&name).is_some(), "rules.rs does not list {stem}");
            assert!(source.contains(&format!("name: \"{name}\"")), "{stem}.rs has another name");
        }
    }
}

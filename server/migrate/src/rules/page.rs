//! The reference pages of rules, drawn from their doc comments.

use super::{RULES, Rule};
use text::rule_docs::{self, Example};

impl Rule {
    /// The doc comment without the blanks after `///`.
    #[must_use]
    pub fn markdown(&self) -> String {
        rule_docs::markdown(self.docs)
    }

    /// The first paragraph, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        rule_docs::summary(self.docs)
    }

    /// The examples of the page, which are also its tests, in order.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        rule_docs::examples(self.docs)
    }
}

/// The reference page of one rule, `docs/migration-rules/<name>.md`.
#[must_use]
pub fn page(rule: &Rule) -> String {
    format!(
        "# {}\n\n{}\n\nSeverity: {} · since {}\n\n{}",
        rule.name,
        rule.summary(),
        rule.severity.word(),
        rule.since,
        rule_docs::body(rule.docs, None),
    )
}

/// The index page of all rules, `docs/migration-rules/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Rules of migration specs\n\n\
         These pages are drawn from the code; change the doc comment of a rule, not its page.\n\n\
         | rule | severity | what it finds |\n| --- | --- | --- |\n",
    );
    for rule in RULES {
        let summary = rule.summary().replace('|', "\\|");
        out += &format!("| [`{0}`]({0}.md) | {1} | {summary} |\n", rule.name, rule.severity.word());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{File, read, replay};
    use crate::schema::Schema;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn pages() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migration-rules")
    }

    fn found(text: &str) -> Vec<&'static str> {
        let read = read(&[File { name: "0001_example", text }]);
        let replayed = replay(&Schema::default(), &read.operations);
        read.diagnostics.iter().chain(&replayed.diagnostics).map(|it| it.rule).collect()
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        let mut wrong = String::new();
        for rule in RULES {
            let examples = rule.examples();
            for bad in [true, false] {
                if !examples.iter().any(|it| it.bad == bad) {
                    wrong += &format!("{}: has no example with bad = {bad}\n", rule.name);
                }
            }
            for example in examples {
                let found = found(&example.text);
                let fits = if example.bad { found.contains(&rule.name) } else { found.is_empty() };
                if !fits {
                    wrong += &format!("{}: bad = {} gives {found:?}\n", rule.name, example.bad);
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
            assert!(known.contains(&name), "docs/migration-rules/{name} belongs to no rule");
        }
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        for entry in std::fs::read_dir(&folder).expect("the folder of rules") {
            let path = entry.expect("a readable entry").path();
            let stem = path.file_stem().and_then(|it| it.to_str()).expect("a name in ASCII");
            let source = std::fs::read_to_string(&path).expect("a source file");
            if !source.starts_with("declare_rule! {") {
                continue;
            }
            let name = stem.replace('_', "-");
            assert!(super::super::find(&name).is_some(), "rules.rs does not list {stem}");
            assert!(source.contains(&format!("name: \"{name}\"")), "{stem}.rs has another name");
        }
    }
}

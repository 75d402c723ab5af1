//! The reference pages of rules, drawn from their doc comments.

use super::{Group, RULES, Rule};
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

/// The reference page of one rule, `docs/rules/<name>.md`.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let mut out = format!("# {}\n\n", rule.name);
    let state = if rule.on_by_default { "on" } else { "off" };
    out += &format!("{}\n\n", rule.summary());
    out += &format!(
        "Group: {} · severity: {} · default: {state} · since {}\n\n",
        rule.group.word(),
        rule.severity.word(),
        rule.since,
    );
    out += &rule_docs::body(rule.docs, None);
    out += &format!("\nSilence it for one block: `{}`\n", super::allow_comment(rule.name));
    out
}

/// The index page of all rules, `docs/rules/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         These pages are drawn from the code; change the doc comment of a rule, not its page.\n\n\
         A rule is silenced for the next block by `<!-- specwright: allow RULE -->`, for a file by\n\
         `<!-- specwright: allow-file RULE -->`, and for a workspace in `specwright.toml`.\n",
    );
    for group in Group::ALL {
        out += &format!("\n## {}\n\n", title(group));
        out += "| rule | severity | default | what it finds |\n| --- | --- | --- | --- |\n";
        for rule in RULES.iter().filter(|it| it.group == group) {
            let state = if rule.on_by_default { "on" } else { "off" };
            out += &format!(
                "| [`{0}`]({0}.md) | {1} | {state} | {2} |\n",
                rule.name,
                rule.severity.word(),
                rule.summary().replace('|', "\\|"),
            );
        }
    }
    out
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Backend => "Backend",
        Group::Structure => "Structure",
        Group::Ears => "EARS, in files that use it",
        Group::Smell => "Smells, off until asked for",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    fn pages() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules")
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
                let found = testing::render(&example.text, &[rule.name]);
                if found.is_empty() == example.bad {
                    wrong += &format!("{}: {example:?} gives:\n{found}\n", rule.name);
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let mut known = BTreeSet::from(["README.md".to_owned()]);
        expect_test::expect_file![pages().join("README.md")].assert_eq(&index_page());
        for rule in RULES {
            let name = format!("{}.md", rule.name);
            expect_test::expect_file![pages().join(&name)].assert_eq(&page(rule));
            known.insert(name);
        }
        let there = std::fs::read_dir(pages()).expect("the folder was just read");
        for entry in there {
            let name = entry.expect("a readable entry").file_name();
            let name = name.to_string_lossy().into_owned();
            assert!(known.contains(&name), "docs/rules/{name} belongs to no rule");
        }
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let list = std::fs::read_to_string(folder.with_extension("rs")).expect("rules.rs");
        for entry in std::fs::read_dir(&folder).expect("the folder of rules") {
            let path = entry.expect("a readable entry").path();
            let stem = path.file_stem().and_then(|it| it.to_str()).expect("a name in ASCII");
            let source = std::fs::read_to_string(&path).expect("a source file");
            let is_rule = source.contains("\ndeclare_rule! {");
            let line = if is_rule { format!("    {stem},") } else { format!("mod {stem};") };
            assert!(list.lines().any(|it| it.ends_with(&line)), "rules.rs does not list {stem}");
            if is_rule {
                let name = format!("name: \"{}\"", stem.replace('_', "-"));
                assert!(source.contains(&name), "{stem}.rs declares a rule of another name");
            }
        }
    }

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: BTreeSet<&str> = RULES.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), RULES.len());
        for name in names {
            assert!(name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{name}");
        }
    }
}

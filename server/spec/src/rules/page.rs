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
    use std::path::Path;
    use text::rule_docs::held::{Pages, unlisted, wrong_examples};

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        let rules = RULES.iter().map(|it| (it.name, it.docs));
        let wrong = wrong_examples(rules, |name, example| {
            let found = testing::render(&example.text, &[name]);
            (found.is_empty() == example.bad).then(|| format!("{found} for {example:?}"))
        });
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
        let pages = RULES.iter().map(|it| (it.name, page(it))).collect();
        let pages = Pages { folder: &folder, index: index_page(), pages };
        let left = pages.left_over(|path, text| expect_test::expect_file![path].assert_eq(text));
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn every_file_is_listed_and_named_after_its_rule() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let names: Vec<&str> = RULES.iter().map(|it| it.name).collect();
        assert_eq!(unlisted(&folder, &names), Vec::<String>::new());
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

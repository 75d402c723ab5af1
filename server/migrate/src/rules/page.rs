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
    use std::path::Path;
    use text::rule_docs::held::{Pages, unlisted, wrong_examples};

    fn found(text: &str) -> Vec<&'static str> {
        let read = read(&[File { name: "0001_example", text }]);
        let replayed = replay(&Schema::default(), &read.operations);
        read.diagnostics.iter().chain(&replayed.diagnostics).map(|it| it.rule).collect()
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        let rules = RULES.iter().map(|it| (it.name, it.docs));
        let wrong = wrong_examples(rules, |name, example| {
            let found = found(&example.text);
            let fits = if example.bad { found.contains(&name) } else { found.is_empty() };
            (!fits).then(|| format!("{found:?}"))
        });
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migration-rules");
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
}

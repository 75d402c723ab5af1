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

/// The reference page of one rule, `docs/forge-rules/<name>.md`.
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

/// The index page of all rules, `docs/forge-rules/README.md`.
#[must_use]
pub fn index_page() -> String {
    let mut out = String::from(
        "# Rules of forge.yaml\n\n\
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
    use crate::read::{Around, judge, read};
    use model::{DocumentId, Timestamp};
    use std::path::Path;
    use text::rule_docs::held::{Pages, unlisted, wrong_examples};

    fn found(text: &str) -> Vec<&'static str> {
        let declared = read(text);
        // 2001-02-03, and a folder of migration specs without a table.
        let schema = migrate::schema::Schema::default();
        let around = Around { schema: Some(&schema), now: Timestamp(981_173_106_000) };
        judge(text, &declared, around, DocumentId(0)).iter().map(|it| it.rule).collect()
    }

    #[test]
    fn every_bad_example_fires_and_every_good_one_is_silent() {
        // Holds a file against specs, which an example of one file cannot show.
        const ABOUT_SPECS: [&str; 3] = ["not-provisioned", "drifted-resource", "unasked-resource"];
        let rules = RULES.iter().map(|it| (it.name, it.docs));
        let rules = rules.filter(|it| !ABOUT_SPECS.contains(&it.0));
        let wrong = wrong_examples(rules, |name, example| {
            let found = found(&example.text);
            let fits = if example.bad { found.contains(&name) } else { found.is_empty() };
            (!fits).then(|| format!("{found:?}"))
        });
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn the_example_of_the_guide_has_nothing_wrong() {
        let guide = include_str!("../../../../docs/guides/provisioning.md");
        let mut fences = guide.split("```yaml\n").filter_map(|it| it.split("```").next());
        let example = fences.find(|it| it.starts_with("version: 1")).expect("the example");
        assert_eq!(found(example), Vec::<&str>::new());
    }

    #[test]
    fn every_page_is_current_and_none_is_left_over() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/forge-rules");
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

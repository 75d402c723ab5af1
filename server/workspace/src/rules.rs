//! Every rule that findings name: those of specs, of the language of migration specs, and its lint.
//!
//! Names are unique over all families, so that a setting, a comment or a page needs nothing else.

use model::Severity;
use std::sync::LazyLock;

/// A rule as settings, pages and reports see it.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    pub name: &'static str,
    pub family: Family,
    /// The word that sets the levels of all rules of its kind.
    pub group: &'static str,
    pub severity: Severity,
    pub on_by_default: bool,
    pub since: &'static str,
    /// Markdown; each line starts with the blank of its `///`.
    docs: &'static str,
}

/// Where a rule comes from; also the folder of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Spec,
    /// What a migration spec must be to be read; its errors can be neither silenced nor lowered,
    /// because the file is not applied with them.
    MigrationLanguage,
    MigrationLint,
    /// Of `forge.yaml`; errors keep a part of it from being read.
    Resources,
}

/// The group of the rules of the language of migration specs.
const LANGUAGE: &str = "language";
/// The group of the rules of `forge.yaml`.
const RESOURCES: &str = "resources";

/// The names of all groups, in the order of the pages.
pub const GROUPS: [&str; 11] = [
    "backend",
    "structure",
    "ears",
    "smell",
    LANGUAGE,
    "access",
    "data",
    "lock",
    "shape",
    "flow",
    RESOURCES,
];

impl RuleInfo {
    /// The doc comment without the blanks after `///`.
    #[must_use]
    pub fn markdown(&self) -> String {
        let lines = self.docs.lines().map(|it| it.strip_prefix(' ').unwrap_or(it));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The first line.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.docs.lines().next().unwrap_or_default().trim()
    }

    /// Whether settings and comments have a say in it.
    #[must_use]
    pub fn is_settable(&self) -> bool {
        let is_form = matches!(self.family, Family::MigrationLanguage | Family::Resources);
        // What looks like a secret may be none.
        !is_form || self.severity < Severity::Error || self.name == "secret-value"
    }

    /// Where its page is read on the web.
    #[must_use]
    pub fn url(&self) -> String {
        let folder = match self.family {
            Family::Spec => "rules",
            Family::MigrationLanguage => "migration-rules",
            Family::MigrationLint => "migration-lint",
            Family::Resources => "forge-rules",
        };
        format!("https://specwright.dev/{folder}/{}", self.name)
    }
}

/// Every rule, in the order of the pages.
#[must_use]
pub fn all() -> &'static [RuleInfo] {
    static ALL: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
        let specs = spec::rules::RULES.iter().map(|it| RuleInfo {
            name: it.name,
            family: Family::Spec,
            group: crate::settings::group_word(it.group),
            severity: it.severity,
            on_by_default: it.on_by_default,
            since: it.since,
            docs: it.docs,
        });
        let language = migrate::rules::RULES.iter().map(|it| RuleInfo {
            name: it.name,
            family: Family::MigrationLanguage,
            group: LANGUAGE,
            severity: it.severity,
            on_by_default: true,
            since: it.since,
            docs: it.docs,
        });
        let lint = migrate::lint::RULES.iter().map(|it| RuleInfo {
            name: it.docs.name,
            family: Family::MigrationLint,
            group: it.group.word(),
            severity: it.docs.severity,
            on_by_default: it.on_by_default,
            since: it.docs.since,
            docs: it.docs.docs,
        });
        let resources = forge::rules::RULES.iter().map(|it| RuleInfo {
            name: it.name,
            family: Family::Resources,
            group: RESOURCES,
            severity: it.severity,
            on_by_default: true,
            since: it.since,
            docs: it.docs,
        });
        specs.chain(language).chain(lint).chain(resources).collect()
    });
    &ALL
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static RuleInfo> {
    all().iter().find(|it| it.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_is_used_twice_and_every_group_is_listed() {
        let mut seen = BTreeSet::new();
        for it in all() {
            assert!(seen.insert(it.name), "{}", it.name);
            assert!(GROUPS.contains(&it.group), "{}", it.group);
            assert!(!it.summary().is_empty(), "{}", it.name);
        }
        assert!(GROUPS.iter().all(|it| !seen.contains(it)), "a group has a rule's name");
    }
}

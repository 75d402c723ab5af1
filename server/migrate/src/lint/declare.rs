use super::cx::{LintCx, Sink};

/// One thing the linter looks for.
pub struct Rule {
    pub group: Group,
    /// Name, severity and page.
    pub docs: crate::rules::Rule,
    /// Whether it reports without being asked for.
    pub on_by_default: bool,
    pub(crate) check: fn(&LintCx<'_>, &mut Sink<'_>),
}

/// Families of rules, in the order of the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Who sees and writes what.
    Access,
    /// Rows that are lost, or stand in the way.
    Data,
    /// What readers and writers wait for.
    Lock,
    /// What is slow or narrow later.
    Shape,
}

impl Group {
    /// In the order of the reference page.
    pub const ALL: [Self; 4] = [Self::Access, Self::Data, Self::Lock, Self::Shape];

    /// The word used in the reference page and in settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Data => "data",
            Self::Lock => "lock",
            Self::Shape => "shape",
        }
    }
}

/// Declares a rule; the doc comment becomes its page. `# next` in an example starts a second
/// migration: what is before it is there already.
macro_rules! declare_lint {
    (
        $(#[doc = $doc:literal])*
        pub(super) static RULE = {
            name: $name:literal,
            group: $group:ident,
            severity: $severity:ident,
            $(on_by_default: $on:literal,)?
            since: $since:literal,
            check: $check:path $(,)?
        }
    ) => {
        pub(super) static RULE: $crate::lint::Rule = $crate::lint::Rule {
            group: $crate::lint::Group::$group,
            docs: $crate::rules::Rule {
                name: $name,
                severity: model::Severity::$severity,
                since: $since,
                docs: concat!($($doc, "\n"),*),
            },
            on_by_default: true $(&& $on)?,
            check: $check,
        };
    };
}

/// Lists the rule files; each word is a module with a `RULE`.
macro_rules! lints {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        /// Every rule, in the order of the list.
        pub static RULES: &[&super::Rule] = &[$(&$module::RULE),*];
    };
}

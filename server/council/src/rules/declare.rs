use super::cx::{Cx, Sink};
use model::Class;

/// One thing that a deterministic reviewer holds against a change.
pub struct Rule {
    /// Kebab-case, unique, never reused: the file stem and the name of its page.
    pub name: &'static str,
    pub group: Group,
    pub class: Class,
    pub since: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) check: fn(&Cx, &mut Sink<'_>),
}

/// The reviewer that a rule belongs to, in the order of the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// What others wait for while it runs.
    Lint,
    /// What is gone or different in sum.
    NetChange,
    /// Who can do what.
    Access,
    /// What happened when it was run.
    Shadow,
    /// What the way back gives back.
    Reversibility,
    /// What must not be written down.
    Secrets,
    /// What the spec asks for.
    Spec,
    /// What was there before this workspace.
    Healing,
    /// What declared resources let happen; the only one that is asked of a change of these.
    Resources,
}

impl Group {
    /// In the order of the reference page, which is the order in which they are asked.
    pub const ALL: [Self; 9] = [
        Self::Lint,
        Self::NetChange,
        Self::Access,
        Self::Shadow,
        Self::Reversibility,
        Self::Secrets,
        Self::Spec,
        Self::Healing,
        Self::Resources,
    ];

    /// The reviewer's name, in JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::NetChange => "net-change",
            Self::Access => "access",
            Self::Shadow => "shadow",
            Self::Reversibility => "reversibility",
            Self::Secrets => "secrets",
            Self::Spec => "spec",
            Self::Healing => "healing",
            Self::Resources => "resources",
        }
    }
}

/// Declares a rule; the doc comment becomes its page. An example is a migration for PostgreSQL
/// (`sql`) or SQLite (`sqlite`); what is before a line `-- migration` in it is there already, what is
/// behind a line `-- down` is the way back. Of a change of `forge.yaml` (`yaml`) the text before a line
/// `# becomes` is the old one.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub(super) static RULE = {
            name: $name:literal,
            group: $group:ident,
            class: $class:ident,
            since: $since:literal,
            check: $check:path $(,)?
        }
    ) => {
        pub(super) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            group: $crate::rules::Group::$group,
            class: model::Class::$class,
            since: $since,
            docs: concat!($($doc, "\n"),*),
            check: $check,
        };
    };
}

/// Lists the rule files; each word is a module with a `RULE`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*
        /// Every rule, in the order of the list.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

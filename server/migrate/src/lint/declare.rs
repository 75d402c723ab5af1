use super::cx::{LintCx, Sink};
use super::ledger::{LedgerCx, LedgerSink};
use super::planned::{PlanCx, PlanSink};

/// One thing the linter looks for.
pub struct Rule {
    pub group: Group,
    /// Name, severity and page.
    pub docs: crate::rules::Rule,
    /// Whether it reports without being asked for.
    pub on_by_default: bool,
    pub(crate) check: Check,
}

impl Rule {
    /// Whether the schema before and after is all that it looks at. What else there is takes a plan
    /// or a database, and is known a moment later.
    #[must_use]
    pub fn is_static(&self) -> bool {
        matches!(self.check, Check::Schema(_))
    }
}

/// What a rule looks at.
pub(crate) enum Check {
    /// The schema before and after, and the operations between.
    Schema(fn(&LintCx<'_>, &mut Sink<'_>)),
    /// The steps that a planner made of it, and what the live data says of them.
    Plan(fn(&PlanCx<'_>, &mut PlanSink<'_>)),
    /// What the database's ledger tells of the specs.
    Ledger(fn(&LedgerCx<'_>, &mut LedgerSink<'_>)),
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
    /// What was applied, in which order.
    Flow,
}

impl Group {
    /// In the order of the reference page.
    pub const ALL: [Self; 5] = [Self::Access, Self::Data, Self::Lock, Self::Shape, Self::Flow];

    /// The word used in the reference page and in settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Data => "data",
            Self::Lock => "lock",
            Self::Shape => "shape",
            Self::Flow => "flow",
        }
    }
}

/// Declares a rule; the doc comment becomes its page. `# next` in an example starts a second
/// migration: what is before it is there already. Instead of `check`, `plan` names a check of
/// planned steps and `ledger` one of the ledger; `lint/examples.rs` says
/// how the examples of these are written.
macro_rules! declare_lint {
    (
        $(#[doc = $doc:literal])*
        pub(super) static RULE = {
            name: $name:literal,
            group: $group:ident,
            severity: $severity:ident,
            $(on_by_default: $on:literal,)?
            since: $since:literal,
            $kind:ident: $check:path $(,)?
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
            check: lint_check!($kind, $check),
        };
    };
}

/// The kind of check that a declaration names.
macro_rules! lint_check {
    (check, $check:path) => {
        $crate::lint::declare::Check::Schema($check)
    };
    (plan, $check:path) => {
        $crate::lint::declare::Check::Plan($check)
    };
    (ledger, $check:path) => {
        $crate::lint::declare::Check::Ledger($check)
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

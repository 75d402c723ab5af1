use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::suppress::UnusedAllow;
use super::{Sink, SpecCx};
use model::Severity;

/// One thing the linter looks for.
pub struct Rule {
    /// Kebab-case: the pattern refused, in the words of "allow NAME"; file stem and diagnostic code.
    pub name: &'static str,
    pub group: Group,
    pub severity: Severity,
    /// Whether it reports without being asked for.
    pub on_by_default: bool,
    /// First version that has it.
    pub since: &'static str,
    /// Markdown: first line is the summary, fences `md,bad` and `md,good` are examples and tests.
    /// Every line starts with the blank of its `///`; [`Rule::markdown`] drops it.
    pub docs: &'static str,
    pub(crate) check: Check,
}

/// How a rule is run.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// Needs one chunk only; the result is cached with the chunk's facts.
    Block(fn(&BlockCx<'_>, &mut Sink<'_>)),
    /// Needs the whole spec.
    Spec(fn(&SpecCx<'_>, &mut Sink<'_>)),
    /// Needs words from all over the spec: notes are taken per chunk and cached with its facts,
    /// and judged together, in reading order, each time.
    Joined(fn(&BlockCx<'_>, &mut Notes<'_>), fn(&SpecCx<'_>, &[PlacedNote<'_>], &mut Sink<'_>)),
    /// Looks at the allow comments that silenced nothing, after all other rules.
    Unused(fn(&[UnusedAllow<'_>], &mut Sink<'_>)),
}

/// Families of rules, in the order of the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// What the backend that the spec implies lacks or contradicts.
    Backend,
    Structure,
    /// Requirement grammar in files that use EARS.
    Ears,
    /// Wording, off by default.
    Smell,
}

impl Group {
    /// In the order of the reference page.
    pub const ALL: [Self; 4] = [Self::Backend, Self::Structure, Self::Ears, Self::Smell];

    /// The word used in the reference page and in settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Structure => "structure",
            Self::Ears => "ears",
            Self::Smell => "smell",
        }
    }
}

/// Declares a rule; the doc comment becomes its page.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub(super) static RULE = {
            name: $name:literal,
            group: $group:ident,
            severity: $severity:ident,
            $(on_by_default: $on:literal,)?
            since: $since:literal,
            check: $kind:ident($($check:path),+) $(,)?
        }
    ) => {
        pub(super) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            group: $crate::rules::Group::$group,
            severity: model::Severity::$severity,
            on_by_default: true $(&& $on)?,
            since: $since,
            docs: concat!($($doc, "\n"),*),
            check: $crate::rules::Check::$kind($($check),+),
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

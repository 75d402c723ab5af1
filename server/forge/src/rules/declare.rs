use super::{Cx, Sink};
use model::Severity;

/// One thing that is refused, or warned of, in `forge.yaml`.
pub struct Rule {
    /// Kebab-case: the pattern refused; file stem and diagnostic code.
    pub name: &'static str,
    pub severity: Severity,
    /// First version that has it.
    pub since: &'static str,
    /// Markdown: first line is the summary, fences `yaml,bad` and `yaml,good` are examples and
    /// tests. Every line starts with the blank of its `///`; [`Rule::markdown`] drops it.
    pub docs: &'static str,
    /// `None` for rules of form.
    pub(crate) check: Option<fn(&Cx<'_>, &mut Sink)>,
}

/// Declares a rule; the doc comment becomes its page.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub(crate) static RULE = {
            name: $name:literal,
            severity: $severity:ident,
            since: $since:literal
            $(, check: $check:path)? $(,)?
        }
    ) => {
        pub(crate) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            severity: model::Severity::$severity,
            since: $since,
            docs: concat!($($doc, "\n"),*),
            check: declare_rule!(@check $($check)?),
        };
    };
    (@check) => { None };
    (@check $check:path) => { Some($check) };
}

/// Lists the rule files; each word is a module with a `RULE`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(pub(crate) mod $module;)*
        /// Every rule, in the order of the list.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

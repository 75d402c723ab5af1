use model::Severity;

/// One thing that is refused, or warned of, in migration specs.
pub struct Rule {
    /// Kebab-case: the pattern refused; file stem and diagnostic code.
    pub name: &'static str,
    pub severity: Severity,
    /// First version that has it.
    pub since: &'static str,
    /// Markdown: first line is the summary, fences `yaml,bad` and `yaml,good` are examples and
    /// tests. Every line starts with the blank of its `///`; [`Rule::markdown`] drops it.
    pub docs: &'static str,
}

/// Declares a rule; the doc comment becomes its page.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub(crate) static RULE = {
            name: $name:literal,
            severity: $severity:ident,
            since: $since:literal $(,)?
        }
    ) => {
        pub(crate) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            severity: model::Severity::$severity,
            since: $since,
            docs: concat!($($doc, "\n"),*),
        };
    };
}

/// Lists the rule files; each word is a module with a `RULE`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(pub(crate) mod $module;)*
        /// Every rule, in the order of the list.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

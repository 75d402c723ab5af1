//! `rule.explain`: a rule's page.

use super::{CommandCx, CommandError};
use crate::settings::{group_word, nearest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spec::rules::{RULES, Rule};

declare_command! {
    /// Shows what a rule refuses, why, and how to write it instead.
    pub(super) static COMMAND = {
        name: "rule.explain",
        alias: "explain",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Name of a rule, as diagnostics show it.
    #[schemars(extend("x-positional" = "RULE"))]
    pub rule: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    pub rule: &'static str,
    /// `backend`, `structure`, `ears` or `smell`.
    pub group: &'static str,
    /// Severity by default.
    pub severity: &'static str,
    /// The level in force here: `off` or a severity.
    pub level: &'static str,
    /// First version that has it.
    pub since: &'static str,
    /// Markdown.
    pub docs: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such rule; the hint names the nearest one.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let rule = rule(&input.rule)?;
    let lines = rule.docs.lines().map(|it| it.strip_prefix(' ').unwrap_or(it));
    Ok(Output {
        rule: rule.name,
        group: group_word(rule.group),
        severity: rule.severity.word(),
        level: cx.settings.levels().severity(rule).map_or("off", model::Severity::word),
        since: rule.since,
        docs: lines.collect::<Vec<_>>().join("\n").trim().to_owned(),
    })
}

/// Where the rule's page is read on the web.
#[must_use]
pub fn url(rule: &str) -> String {
    format!("https://specwright.dev/rules/{rule}")
}

/// The rule of that name.
pub(super) fn rule(name: &str) -> Result<&'static Rule, CommandError> {
    if let Some(rule) = RULES.iter().copied().find(|it| it.name == name) {
        return Ok(rule);
    }
    let error = CommandError::user(format!("find the rule `{name}`"));
    Err(error.hint(match nearest(name, RULES.iter().map(|it| it.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "docs/rules lists all rules".to_owned(),
    }))
}

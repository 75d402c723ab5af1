//! `rule.explain`: a rule's page.

use super::{CommandCx, CommandError};
use crate::rules::{self, RuleInfo};
use crate::settings::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spec::rules::Level;

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
    /// `backend`, `structure`, `ears` or `smell`; of migration specs `language`, `access`, `data`,
    /// `lock` or `shape`.
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
    Ok(Output {
        rule: rule.name,
        group: rule.group,
        severity: rule.severity.word(),
        level: level(cx, rule),
        since: rule.since,
        docs: rule.markdown(),
    })
}

/// Where the rule's page is read on the web.
#[must_use]
pub fn url(rule: &str) -> String {
    let known = rules::find(rule).map(RuleInfo::url);
    known.unwrap_or_else(|| format!("https://specwright.dev/rules/{rule}"))
}

fn level(cx: &CommandCx<'_>, rule: &RuleInfo) -> &'static str {
    let level = cx.settings.levels().by_name.get(rule.name).copied().filter(|_| rule.is_settable());
    match level.unwrap_or(if rule.on_by_default { Level::On } else { Level::Off }) {
        Level::Off => "off",
        Level::On => rule.severity.word(),
        Level::At(severity) => severity.word(),
    }
}

/// The rule of that name.
pub(super) fn rule(name: &str) -> Result<&'static RuleInfo, CommandError> {
    if let Some(rule) = rules::find(name) {
        return Ok(rule);
    }
    let error = CommandError::user(format!("find the rule `{name}`"));
    Err(error.hint(match nearest(name, rules::all().iter().map(|it| it.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "docs/rules, docs/migration-rules and docs/migration-lint list all rules".to_owned()
        }
    }))
}

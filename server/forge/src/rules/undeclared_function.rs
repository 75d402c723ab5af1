use super::{Cx, Sink};
use crate::rules::references;

declare_rule! {
    /// A schedule or provider names a function that is not declared.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: UTC, target: functions/digest}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: UTC, target: functions/digest}
    /// functions:
    ///   digest: {runtime: bun, trigger: schedule}
    /// ```
    pub(crate) static RULE = {
        name: "undeclared-function",
        severity: Error,
        since: "0.1.0",
        check: undeclared_function,
    }
}

fn undeclared_function(cx: &Cx<'_>, sink: &mut Sink) {
    references::check(cx, references::Kind::Function, &RULE, sink);
}

use super::{Cx, Sink};
use crate::rules::references;

declare_rule! {
    /// A secret is used, and not declared, so that nobody is asked for its value.
    ///
    /// ```yaml,bad
    /// functions:
    ///   pay: {runtime: bun, trigger: http, secrets: [STRIPE_SECRET_KEY]}
    /// ```
    /// ```yaml,good
    /// functions:
    ///   pay: {runtime: bun, trigger: http, secrets: [STRIPE_SECRET_KEY]}
    /// secrets:
    ///   STRIPE_SECRET_KEY: {}
    /// ```
    pub(crate) static RULE = {
        name: "undeclared-secret",
        severity: Error,
        since: "0.1.0",
        check: undeclared_secret,
    }
}

fn undeclared_secret(cx: &Cx<'_>, sink: &mut Sink) {
    references::check(cx, references::Kind::Secret, &RULE, sink);
}

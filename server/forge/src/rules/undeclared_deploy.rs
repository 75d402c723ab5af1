use super::{Cx, Sink};
use crate::rules::references;

declare_rule! {
    /// A secret is needed in a deploy target that is not declared.
    ///
    /// ```yaml,bad
    /// secrets:
    ///   STRIPE_SECRET_KEY: {needed_in: [prod]}
    /// ```
    /// ```yaml,good
    /// secrets:
    ///   STRIPE_SECRET_KEY: {needed_in: [prod]}
    /// deploy:
    ///   prod: {target: fly}
    /// ```
    pub(crate) static RULE = {
        name: "undeclared-deploy",
        severity: Error,
        since: "0.1.0",
        check: undeclared_deploy,
    }
}

fn undeclared_deploy(cx: &Cx<'_>, sink: &mut Sink) {
    references::check(cx, references::Kind::Deploy, &RULE, sink);
}

use super::{Cx, Sink};
use crate::provision::edit::Entry;
use crate::resources::Trigger;

declare_rule! {
    /// A webhook checks no signature, so that everyone who finds its address can tell it what they like.
    ///
    /// ```yaml,bad
    /// functions:
    ///   paid: {runtime: bun, trigger: webhook, route: /webhooks/stripe}
    /// ```
    /// ```yaml,good
    /// functions:
    ///   paid: {runtime: bun, trigger: webhook, route: /webhooks/stripe, verify: STRIPE_WEBHOOK_SECRET}
    /// secrets:
    ///   STRIPE_WEBHOOK_SECRET: {}
    /// ```
    pub(crate) static RULE = {
        name: "unverified-webhook",
        severity: Warning,
        since: "0.1.0",
        check: unverified_webhook,
    }
}

fn unverified_webhook(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().functions {
        if it.trigger != Trigger::Webhook || it.verify.is_some() {
            continue;
        }
        let path = ["functions", name.as_str()];
        let message = format!("`{name}` does not check who calls it");
        let mut report = sink.report(&RULE, cx.key(&path), message);
        let known = cx.resources().secrets.keys().filter(|it| it.contains("WEBHOOK"));
        for secret in known {
            let edits = cx.adding(&path, Entry::scalar("verify", secret));
            report = report.fix(format!("Write `verify: {secret}`"), edits, false);
        }
    }
}

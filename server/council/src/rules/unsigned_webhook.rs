use super::cx::{Cx, Sink};
use crate::resources::text_of;
use model::{Risk, Stake};

declare_rule! {
    /// A webhook no longer checks who calls it.
    ///
    /// Whoever knows its route can say that something was paid. Keep `verify`, and change the secret instead.
    ///
    /// ```yaml,bad
    /// functions:
    ///   paid: { runtime: bun, trigger: webhook, route: /paid, provider: stripe, verify: STRIPE_HOOK }
    /// # becomes
    /// functions:
    ///   paid: { runtime: bun, trigger: webhook, route: /paid, provider: stripe }
    /// ```
    /// ```yaml,good
    /// functions:
    ///   paid: { runtime: bun, trigger: webhook, route: /paid, provider: stripe, verify: OLD_HOOK }
    /// # becomes
    /// functions:
    ///   paid: { runtime: bun, trigger: webhook, route: /paid, provider: stripe, verify: NEW_HOOK }
    /// ```
    pub(super) static RULE = {
        name: "unsigned-webhook",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: unsigned_webhook,
    }
}

fn unsigned_webhook(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for it in resources.entries(&["functions"]) {
        let Some(now) = it.now.filter(|it| text_of(it, "trigger") == Some("webhook")) else {
            continue;
        };
        let was_signed = it.was.is_some_and(|it| text_of(it, "verify").is_some());
        if text_of(now, "verify").is_some() || it.was.is_some() && !was_signed {
            continue;
        }
        let claim = format!(
            "whoever knows the route of `{}` can call it: no signature is checked",
            it.name
        );
        // Of a new one it is told where the file is written.
        let risk = if was_signed { Risk::High } else { Risk::Low };
        sink.entry(&["functions", it.name], risk, claim)
            .stake(Stake::Access)
            .fix("Name the secret that signs it: `verify`", "");
    }
}

use super::cx::{Cx, Sink};
use crate::resources::text_of;
use model::{Risk, Stake};

declare_rule! {
    /// A function answers at another route or method: who calls the old one fails.
    ///
    /// Clients that are out there and services that call a webhook know the old one. Let a second function answer both for a while.
    ///
    /// ```yaml,bad
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export, sign_in: true }
    /// # becomes
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /v2/export, sign_in: true }
    /// ```
    /// ```yaml,good
    /// functions:
    ///   export: { runtime: bun, trigger: http, route: /export, sign_in: true }
    /// # becomes
    /// functions:
    ///   export: { runtime: deno, trigger: http, route: /export, sign_in: true }
    /// ```
    pub(super) static RULE = {
        name: "moved-route",
        group: Resources,
        class: Compatibility,
        since: "0.1.0",
        check: moved_route,
    }
}

fn moved_route(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["functions"]) {
        for key in ["route", "method"] {
            let of = |it| match key {
                "method" => Some(text_of(it, key).unwrap_or("POST")),
                _ => text_of(it, key),
            };
            let (Some(before), after) = (of(was), of(now)) else { continue };
            let is_answered = resources.entries(&["functions"]).any(|it| {
                key == "route" && it.now.is_some_and(|it| text_of(it, key) == Some(before))
            });
            if after != Some(before) && !is_answered {
                let claim = format!("who calls `{name}` with `{before}` fails");
                sink.entry(&["functions", name, key], Risk::High, claim).stake(Stake::Service);
            }
        }
    }
}

use super::cx::{Cx, Sink};
use crate::resources::text_of;
use model::{Risk, Stake};

declare_rule! {
    /// A bucket, a function, a channel, a search, a payment provider or a deploy target is no longer declared, and clients may use it still.
    ///
    /// Files of a bucket are reached no more. Stop what uses it, ship that, and take it out later.
    ///
    /// ```yaml,bad
    /// functions:
    ///   invoice: { runtime: bun, trigger: http, route: /invoice, sign_in: true }
    /// # becomes
    /// functions: {}
    /// ```
    /// ```yaml,bad
    /// storage:
    ///   photos: { visibility: private, policy: own-row }
    /// # becomes
    /// version: 1
    /// ```
    /// ```yaml,good
    /// functions:
    ///   invoice: { runtime: bun, trigger: http, route: /invoice, sign_in: true }
    /// # becomes
    /// functions:
    ///   invoice: { runtime: bun, trigger: http, route: /invoice, sign_in: true }
    ///   receipt: { runtime: bun, trigger: http, route: /receipt, sign_in: true }
    /// ```
    pub(super) static RULE = {
        name: "removed-resource",
        group: Resources,
        class: Compatibility,
        since: "0.1.0",
        check: removed_resource,
    }
}

fn removed_resource(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for section in ["storage", "functions", "schedules", "realtime", "vector", "payments", "deploy"]
    {
        for it in resources.entries(&[section]) {
            let Some(was) = it.was.filter(|_| it.now.is_none()) else { continue };
            let is_called = matches!(text_of(was, "trigger"), Some("http" | "webhook"));
            let (risk, stake, effect) = match section {
                "storage" => (Risk::High, Stake::Data, "its files are reached no more"),
                "functions" if is_called => (Risk::High, Stake::Service, "who calls it fails"),
                "functions" => (Risk::Medium, Stake::Service, "nothing does its work"),
                "payments" => (Risk::High, Stake::Service, "what is sold there cannot be paid"),
                "schedules" => (Risk::Medium, Stake::Service, "what it started runs no more"),
                "realtime" => (Risk::Medium, Stake::Service, "who listens hears no more"),
                "vector" => (Risk::Medium, Stake::Service, "who searches finds no more"),
                _ => (Risk::Medium, Stake::Service, "what runs there is left alone"),
            };
            let claim = format!("`{}` is no longer declared: {effect}", it.name);
            sink.entry(&[section, it.name], risk, claim).stake(stake);
        }
    }
}

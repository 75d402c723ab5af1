use super::cx::{Cx, Sink};
use crate::resources::{amount, list};
use model::{Risk, Stake};

declare_rule! {
    /// A limit goes, or becomes ten times as large: the size or types of files, or what may be spent on models.
    ///
    /// It was there against what nobody plans: a full disk, a page that runs in the browser of others, a bill. Raise it as far as is needed.
    ///
    /// ```yaml,bad
    /// storage:
    ///   photos: { visibility: public, size: 5MB, types: [image/png] }
    /// # becomes
    /// storage:
    ///   photos: { visibility: public, types: [image/png] }
    /// ```
    /// ```yaml,bad
    /// gateway:
    ///   budget: { usd_per_day: 5 }
    /// # becomes
    /// gateway:
    ///   budget: { usd_per_day: 500 }
    /// ```
    /// ```yaml,good
    /// storage:
    ///   photos: { visibility: public, size: 5MB, types: [image/png] }
    /// # becomes
    /// storage:
    ///   photos: { visibility: public, size: 8MB, types: [image/png, image/webp] }
    /// ```
    pub(super) static RULE = {
        name: "lifted-limit",
        group: Resources,
        class: Availability,
        since: "0.1.0",
        check: lifted_limit,
    }
}

fn lifted_limit(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["storage"]) {
        if let Some(claim) = lifted(amount(was, "size"), amount(now, "size")) {
            let claim = format!("the size of a file in `{name}` {claim}");
            sink.entry(&["storage", name, "size"], Risk::Medium, claim).stake(Stake::Service);
        }
        let (before, after) = (list(was, "types"), list(now, "types"));
        let runs = |it: &&&str| {
            matches!(**it, "text/html" | "image/svg+xml" | "text/*" | "application/*")
                || it.contains("javascript")
        };
        let new = after.iter().filter(|it| !before.contains(it)).find(runs);
        let claim = match new {
            _ if !before.is_empty() && after.is_empty() => {
                format!("`{name}` takes files of every type")
            }
            Some(new) => {
                format!("`{name}` takes `{new}`, which can run in the browser of who opens it")
            }
            None => continue,
        };
        sink.entry(&["storage", name, "types"], Risk::Medium, claim).stake(Stake::Access);
    }
    let (was, now) = resources.pair(&["gateway", "budget"]);
    for key in ["usd_per_day", "usd_per_month", "tokens_per_user_and_day"] {
        if let Some(claim) = lifted(amount(was, key), amount(now, key)) {
            let claim = format!("`{key}` of the gateway {claim}");
            sink.entry(&["gateway", "budget", key], Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

/// How much of a limit goes.
fn lifted(was: Option<f64>, now: Option<f64>) -> Option<&'static str> {
    match (was?, now) {
        (_, None) => Some("has no limit any more"),
        (was, Some(now)) if now >= was * 10.0 => Some("has ten times the limit that it had"),
        _ => None,
    }
}

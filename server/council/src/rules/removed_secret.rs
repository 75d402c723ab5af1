use super::cx::{Cx, Sink};
use crate::resources::amount;
use model::{Risk, Stake};

declare_rule! {
    /// A secret is no longer declared that something names still, or its value is changed less often.
    ///
    /// What names it starts without a value. Take out its uses first.
    ///
    /// ```yaml,bad
    /// secrets:
    ///   MAIL_KEY: {}
    /// functions:
    ///   mail: { runtime: bun, trigger: event, table: letters, secrets: [MAIL_KEY] }
    /// # becomes
    /// secrets: {}
    /// functions:
    ///   mail: { runtime: bun, trigger: event, table: letters, secrets: [MAIL_KEY] }
    /// ```
    /// ```yaml,bad
    /// secrets:
    ///   MAIL_KEY: { rotation: 90d }
    /// # becomes
    /// secrets:
    ///   MAIL_KEY: {}
    /// ```
    /// ```yaml,good
    /// secrets:
    ///   MAIL_KEY: { rotation: 90d }
    /// # becomes
    /// secrets:
    ///   MAIL_KEY: { rotation: 30d }
    /// ```
    pub(super) static RULE = {
        name: "removed-secret",
        group: Resources,
        class: Compatibility,
        since: "0.1.0",
        check: removed_secret,
    }
}

fn removed_secret(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    const NAMED_BY: [&str; 5] = ["secrets", "client_secret", "verify", "secret_key", "key"];
    for it in resources.entries(&["secrets"]) {
        if it.was.is_some()
            && it.now.is_none()
            && let Some(place) = resources.uses(&NAMED_BY, it.name)
        {
            let claim = format!("`{}` is no longer declared, and `{place}` names it", it.name);
            sink.entry(&["secrets", it.name], Risk::High, claim).stake(Stake::Service);
        }
    }
    for (name, was, now) in resources.kept(&["secrets"]) {
        let is_rarer = match (amount(was, "rotation"), amount(now, "rotation")) {
            (Some(was), Some(now)) => now > was * 2.0,
            (Some(_), None) => true,
            _ => false,
        };
        if is_rarer {
            let claim = format!("a value of `{name}` that got out is good for longer");
            sink.entry(&["secrets", name], Risk::Medium, claim).stake(Stake::Access);
        }
    }
}

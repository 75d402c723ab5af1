use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A way to sign in goes, and with it the people who have no other.
    ///
    /// Tell them, let them add another way, and take it out when nobody uses it.
    ///
    /// ```yaml,bad
    /// auth:
    ///   required: true
    ///   providers:
    ///     google: { client_id: a }
    ///     magic-link: {}
    /// # becomes
    /// auth:
    ///   required: true
    ///   providers:
    ///     magic-link: {}
    /// ```
    /// ```yaml,good
    /// auth:
    ///   required: true
    ///   providers:
    ///     magic-link: {}
    /// # becomes
    /// auth:
    ///   required: true
    ///   providers:
    ///     magic-link: {}
    ///     passkey: {}
    /// ```
    pub(super) static RULE = {
        name: "removed-sign-in",
        group: Resources,
        class: Compatibility,
        since: "0.1.0",
        check: removed_sign_in,
    }
}

fn removed_sign_in(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    let (was, now) = resources.pair(&["auth"]);
    if was.is_object() && now.is_null() {
        let claim = "nobody signs in any more: policies see every caller as a guest";
        sink.entry(&["auth"], Risk::High, claim).stake(Stake::Access);
        return;
    }
    for it in resources.entries(&["auth", "providers"]) {
        if it.was.is_some() && it.now.is_none() {
            let claim = format!("who signs in with `{}` alone is locked out", it.name);
            sink.entry(&["auth", "providers", it.name], Risk::High, claim).stake(Stake::Service);
        }
    }
}

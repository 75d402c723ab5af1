use super::cx::{Cx, Sink};
use crate::resources::{amount, at, host, is_true, list, text_of};
use model::{Risk, Stake};

declare_rule! {
    /// Who somebody is, is asked less strictly: sign-in or the second factor is no longer required, a sign-in lasts longer, leads to a new place in the open, or another server vouches for people.
    ///
    /// Each of these makes a stolen or guessed identity worth more. Say why, and to whom it applies.
    ///
    /// ```yaml,bad
    /// auth: { required: true, providers: { magic-link: {} } }
    /// # becomes
    /// auth: { required: false, providers: { magic-link: {} } }
    /// ```
    /// ```yaml,bad
    /// auth: { required: true, second_factor: required }
    /// # becomes
    /// auth: { required: true, second_factor: optional }
    /// ```
    /// ```yaml,bad
    /// auth: { required: true, redirects: ["https://app.acme.test/in"] }
    /// # becomes
    /// auth: { required: true, redirects: ["https://*.acme.test/in"] }
    /// ```
    /// ```yaml,good
    /// auth: { required: false, second_factor: optional }
    /// # becomes
    /// auth: { required: true, second_factor: required }
    /// ```
    pub(super) static RULE = {
        name: "weaker-sign-in",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: weaker_sign_in,
    }
}

fn weaker_sign_in(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    let (was, now) = resources.pair(&["auth"]);
    if !was.is_object() || !now.is_object() {
        return;
    }
    if is_true(was, "required") && !is_true(now, "required") {
        let claim = "who is not signed in is let in, as far as policies let a guest";
        sink.entry(&["auth", "required"], Risk::High, claim).stake(Stake::Access);
    }
    let strength = |it| match text_of(it, "second_factor") {
        Some("required") => 2,
        Some("optional") => 1,
        _ => 0,
    };
    if strength(now) < strength(was) {
        let risk = if strength(was) == 2 { Risk::High } else { Risk::Medium };
        let claim = "a password or an inbox is enough where a second factor was asked for";
        sink.entry(&["auth", "second_factor"], risk, claim).stake(Stake::Access);
    }
    for key in ["access", "refresh"] {
        let of = |it| amount(at(it, &["session"]), key);
        let is_longer = match (of(was), of(now)) {
            (Some(was), Some(now)) => now > was * 4.0,
            (Some(_), None) => true,
            _ => false,
        };
        if is_longer {
            let claim = format!("a stolen sign-in is good for much longer: `{key}`");
            sink.entry(&["auth", "session", key], Risk::Medium, claim).stake(Stake::Access);
        }
    }
    // Of what is in force no more than the host is kept.
    let known: Vec<String> = list(was, "redirects").into_iter().map(host).collect();
    let is_open = |it: &&str| {
        let is_own = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
        it.contains('*')
            || it.starts_with("http://") && !is_own.iter().any(|own| it.starts_with(own))
    };
    for address in list(now, "redirects").into_iter().filter(|it| !known.contains(&host(it))) {
        if is_open(&address) {
            let claim =
                format!("a sign-in may lead to `{}`, where others can read it", host(address));
            sink.entry(&["auth", "redirects"], Risk::High, claim).stake(Stake::Access);
        }
    }
    if let (Some(was), Some(now)) = (text_of(was, "users"), text_of(now, "users"))
        && was != now
    {
        let claim = format!("the people are the rows of `{now}`: who is in `{was}` is a stranger");
        sink.entry(&["auth", "users"], Risk::High, claim).stake(Stake::Service);
    }
    let roles = list(now, "roles");
    for role in list(was, "roles").into_iter().filter(|it| !roles.contains(it)) {
        let claim = format!("the role `{role}` is gone: policies that name it let nobody in");
        sink.entry(&["auth", "roles"], Risk::Medium, claim).stake(Stake::Service);
    }
    for (name, was, now) in resources.kept(&["auth", "providers"]) {
        if let (Some(was), Some(now)) = (text_of(was, "issuer"), text_of(now, "issuer"))
            && host(was) != host(now)
        {
            let claim = format!(
                "`{}` says who people of `{name}` are, and no longer `{}`",
                host(now),
                host(was)
            );
            sink.entry(&["auth", "providers", name, "issuer"], Risk::High, claim)
                .stake(Stake::Access);
        }
    }
}

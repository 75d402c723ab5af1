use super::cx::{Cx, Sink};
use crate::resources::{host, list, text_of};
use model::{Risk, Stake};

declare_rule! {
    /// Calls to models go somewhere else, or to more models than before.
    ///
    /// Prompts, and the key that pays for them, are sent there. Name the models that are meant, and an address that is yours.
    ///
    /// ```yaml,bad
    /// gateway:
    ///   providers:
    ///     own: { key: MODEL_KEY, url: "https://models.acme.test/v1" }
    /// # becomes
    /// gateway:
    ///   providers:
    ///     own: { key: MODEL_KEY, url: "https://cheap.example/v1" }
    /// ```
    /// ```yaml,bad
    /// gateway:
    ///   providers:
    ///     openai: { key: MODEL_KEY, models: [small] }
    /// # becomes
    /// gateway:
    ///   providers:
    ///     openai: { key: MODEL_KEY }
    /// ```
    /// ```yaml,good
    /// gateway:
    ///   providers:
    ///     own: { key: MODEL_KEY, url: "https://models.acme.test/" }
    /// # becomes
    /// gateway:
    ///   providers:
    ///     own: { key: MODEL_KEY, url: "https://team:word@models.acme.test/v1" }
    /// ```
    /// ```yaml,good
    /// gateway:
    ///   providers:
    ///     openai: { key: MODEL_KEY, models: [small] }
    /// # becomes
    /// gateway:
    ///   providers:
    ///     openai: { key: MODEL_KEY, models: [small, smaller] }
    /// ```
    pub(super) static RULE = {
        name: "moved-gateway",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: moved_gateway,
    }
}

fn moved_gateway(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for it in resources.entries(&["gateway", "providers"]) {
        let path = ["gateway", "providers", it.name];
        let Some(was) = it.was else { continue };
        let Some(now) = it.now else {
            let claim = format!("calls to `{}` fail: it is no longer declared", it.name);
            sink.entry(&path, Risk::Medium, claim).stake(Stake::Service);
            continue;
        };
        let (before, after) = (text_of(was, "url"), text_of(now, "url"));
        if before.map(host) != after.map(host)
            && let Some(after) = after
        {
            let claim = format!("prompts and key of `{}` are sent to `{}`", it.name, host(after));
            sink.entry(&path, Risk::High, claim).stake(Stake::Access);
        }
        if !list(was, "models").is_empty() && list(now, "models").is_empty() {
            let claim = format!("every model of `{}` may be called, whatever it costs", it.name);
            sink.entry(&path, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

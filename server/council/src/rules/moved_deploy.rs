use super::cx::{Cx, Sink};
use crate::resources::{host, text_of};
use model::{Risk, Stake};

declare_rule! {
    /// An application is deployed to another host, region or address.
    ///
    /// Data lies elsewhere then, perhaps under other law; addresses that are registered with sign-in and payment providers lead to the old place. Move what belongs to it in the same step.
    ///
    /// ```yaml,bad
    /// deploy:
    ///   prod: { target: fly, region: fra, app: shop }
    /// # becomes
    /// deploy:
    ///   prod: { target: fly, region: iad, app: shop }
    /// ```
    /// ```yaml,good
    /// deploy:
    ///   prod: { target: fly, region: fra, app: shop }
    /// # becomes
    /// deploy:
    ///   prod: { target: fly, region: fra, app: shop }
    ///   staging: { target: fly, region: fra, app: shop-staging }
    /// ```
    pub(super) static RULE = {
        name: "moved-deploy",
        group: Resources,
        class: Availability,
        since: "0.1.0",
        check: moved_deploy,
    }
}

fn moved_deploy(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["deploy"]) {
        for (key, effect) in [
            ("target", "another host runs it"),
            ("region", "its data lies elsewhere, perhaps under other law"),
            ("app", "another application takes its place"),
            ("url", "people and providers know the old address"),
        ] {
            let of =
                |it| text_of(it, key).map(|it| if key == "url" { host(it) } else { it.to_owned() });
            if of(was).is_some() && of(now) != of(was) {
                let claim = format!("`{name}` changes its {key}: {effect}");
                sink.entry(&["deploy", name, key], Risk::Medium, claim).stake(Stake::Service);
            }
        }
    }
}

use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A regulation is no longer checked against.
    ///
    /// What it would have found is not told from now on, also in changes to come. Take it out when the words of the spec say that it no longer applies.
    ///
    /// ```yaml,bad
    /// compliance: [gdpr, pci-dss]
    /// # becomes
    /// compliance: [pci-dss]
    /// ```
    /// ```yaml,good
    /// compliance: [pci-dss]
    /// # becomes
    /// compliance: [gdpr, pci-dss]
    /// ```
    pub(super) static RULE = {
        name: "dropped-preset",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: dropped_preset,
    }
}

fn dropped_preset(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    let (was, now) = resources.pair(&["compliance"]);
    let names = |it: &serde_json::Value| -> Vec<String> {
        let items = it.as_array().into_iter().flatten();
        items.filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let kept = names(now);
    for preset in names(was).into_iter().filter(|it| !kept.contains(it)) {
        let claim = format!("nothing is checked against `{preset}` any more");
        sink.entry(&["compliance"], Risk::Medium, claim).stake(Stake::Access);
    }
}

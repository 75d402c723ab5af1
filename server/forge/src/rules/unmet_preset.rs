use super::{Cx, Sink};
use crate::presets;

declare_rule! {
    /// What is declared does not do what a compliance preset asks for.
    ///
    /// The presets hold the file against a few words of a regulation. Meeting them proves nothing about an organisation.
    ///
    /// ```yaml,bad
    /// compliance: [gdpr]
    /// deploy:
    ///   prod: {target: fly, region: iad}
    /// ```
    /// ```yaml,bad
    /// compliance: [soc2]
    /// secrets:
    ///   API_KEY: {}
    /// ```
    /// ```yaml,good
    /// compliance: [gdpr, soc2]
    /// auth: {second_factor: optional}
    /// deploy:
    ///   prod: {target: fly, region: fra}
    /// secrets:
    ///   API_KEY: {rotation: 90d}
    /// ```
    pub(crate) static RULE = {
        name: "unmet-preset",
        severity: Warning,
        since: "0.1.0",
        check: unmet_preset,
    }
}

fn unmet_preset(cx: &Cx<'_>, sink: &mut Sink) {
    for preset in &cx.resources().compliance {
        for unmet in presets::unmet(*preset, cx.resources()) {
            let path: Vec<&str> = unmet.path.iter().map(String::as_str).collect();
            let message = format!("`{}` asks that {}", preset.word(), unmet.wanted);
            let span = if unmet.is_absent { cx.key(&path) } else { cx.value(&path) };
            sink.report(&RULE, span, message);
        }
    }
}

use super::{Cx, Sink};
use crate::resources::{AccessWord, Visibility};

declare_rule! {
    /// A bucket's visibility and its policy say different things about who reads.
    ///
    /// ```yaml,bad
    /// storage:
    ///   receipts: {visibility: public, size: 1MB, policy: own-row}
    /// ```
    /// ```yaml,bad
    /// storage:
    ///   covers: {visibility: private, policy: own-or-public}
    /// ```
    /// ```yaml,good
    /// storage:
    ///   receipts: {visibility: private, policy: own-row}
    /// ```
    pub(crate) static RULE = {
        name: "contradicting-visibility",
        severity: Warning,
        since: "0.1.0",
        check: contradicting_visibility,
    }
}

fn contradicting_visibility(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().storage {
        let Some(policy) = &it.policy else { continue };
        let reads_all = matches!(policy, AccessWord::Public | AccessWord::OwnOrPublic);
        let is_public = it.visibility == Visibility::Public;
        if reads_all == is_public {
            continue;
        }
        let (word, other) = if is_public { ("public", "private") } else { ("private", "public") };
        let message = format!("`{name}` is {word}, and its policy says otherwise about who reads");
        let span = cx.value(&["storage", name, "visibility"]);
        sink.report(&RULE, span, message).fix(
            format!("Write `visibility: {other}`"),
            vec![(span, other.to_owned())],
            false,
        );
    }
}

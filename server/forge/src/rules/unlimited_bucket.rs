use super::{Cx, Sink};
use crate::provision::edit::Entry;
use crate::resources::Visibility;

declare_rule! {
    /// A public bucket takes files of any size, and whoever may write can fill the disk that others pay.
    ///
    /// ```yaml,bad
    /// storage:
    ///   avatars: {visibility: public}
    /// ```
    /// ```yaml,good
    /// storage:
    ///   avatars: {visibility: public, size: 2MB}
    /// ```
    pub(crate) static RULE = {
        name: "unlimited-bucket",
        severity: Warning,
        since: "0.1.0",
        check: unlimited_bucket,
    }
}

fn unlimited_bucket(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().storage {
        if it.visibility != Visibility::Public || it.size.is_some() {
            continue;
        }
        let path = ["storage", name.as_str()];
        let message = format!("`{name}` is public and takes files of any size");
        sink.report(&RULE, cx.key(&path), message).fix(
            "Write `size: 10MB`",
            cx.adding(&path, Entry::scalar("size", "10MB")),
            false,
        );
    }
}

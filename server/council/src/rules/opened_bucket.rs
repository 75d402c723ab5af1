use super::cx::{Cx, Sink};
use crate::resources::{amount, text_of, widened};
use model::{Risk, Stake};

declare_rule! {
    /// Files that few could read or write are open to more: a bucket becomes public, its policy wider, or its signed addresses last longer.
    ///
    /// Also what lies in it already is open then, and an address that was once known stays known. Put public files into a bucket of their own.
    ///
    /// ```yaml,bad
    /// storage:
    ///   scans: { visibility: private, size: 5MB, types: [application/pdf], policy: own-row }
    /// # becomes
    /// storage:
    ///   scans: { visibility: public, size: 5MB, types: [application/pdf], policy: own-row }
    /// ```
    /// ```yaml,bad
    /// storage:
    ///   scans: { visibility: private, policy: own-row }
    /// # becomes
    /// storage:
    ///   scans: { visibility: private, policy: signed-in }
    /// ```
    /// ```yaml,good
    /// storage:
    ///   scans: { visibility: public, policy: own-or-public }
    /// # becomes
    /// storage:
    ///   scans: { visibility: private, policy: own-row }
    /// ```
    pub(super) static RULE = {
        name: "opened-bucket",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: opened_bucket,
    }
}

fn opened_bucket(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["storage"]) {
        let word = |it| text_of(it, "visibility").unwrap_or("private");
        if word(was) == "private" && word(now) == "public" {
            let claim = format!("every file of `{name}` is open to whoever has its address");
            sink.entry(&["storage", name, "visibility"], Risk::High, claim)
                .stake(Stake::Access)
                .fix("Put public files into a bucket of their own", "");
        }
        if let Some((before, after, risk)) = widened(was, now) {
            let claim =
                format!("files of `{name}` are for `{after}`, where they were for `{before}`");
            sink.entry(&["storage", name, "policy"], risk, claim).stake(Stake::Access);
        } else if let (Some(before), None) = (text_of(was, "policy"), text_of(now, "policy")) {
            let claim =
                format!("`{name}` no longer says for whom its files are: they were for `{before}`");
            sink.entry(&["storage", name], Risk::Medium, claim).stake(Stake::Access);
        }
        let longer = amount(was, "signed_for").zip(amount(now, "signed_for"));
        if longer.is_some_and(|(was, now)| now > was * 4.0) {
            let claim = format!("a signed address of `{name}` can be passed on for much longer");
            sink.entry(&["storage", name, "signed_for"], Risk::Medium, claim).stake(Stake::Access);
        }
    }
    for it in resources.entries(&["storage"]) {
        let Some(now) = it.now.filter(|_| it.was.is_none()) else { continue };
        if text_of(now, "policy") == Some("public") {
            let claim = format!("everybody may write files into `{}`", it.name);
            sink.entry(&["storage", it.name, "policy"], Risk::High, claim).stake(Stake::Access);
        }
    }
}

use super::cx::{Cx, Sink};
use crate::resources::{text_of, widened};
use model::{Risk, Stake};

declare_rule! {
    /// More people hear or send on a channel than before.
    ///
    /// Where a table decides, who may see a row hears of it; without it the policy alone does. Keep the table, or the narrower policy.
    ///
    /// ```yaml,bad
    /// realtime:
    ///   room: { policy: own-row }
    /// # becomes
    /// realtime:
    ///   room: { policy: public }
    /// ```
    /// ```yaml,bad
    /// realtime:
    ///   room: { table: messages }
    /// # becomes
    /// realtime:
    ///   room: { policy: signed-in }
    /// ```
    /// ```yaml,good
    /// realtime:
    ///   room: { policy: public }
    /// # becomes
    /// realtime:
    ///   room: { policy: own-row, history: 20 }
    /// ```
    pub(super) static RULE = {
        name: "opened-channel",
        group: Resources,
        class: Security,
        since: "0.1.0",
        check: opened_channel,
    }
}

fn opened_channel(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["realtime"]) {
        if text_of(was, "table").is_some() && text_of(now, "table").is_none() {
            let claim = format!("no table decides any more who hears on `{name}`");
            sink.entry(&["realtime", name], Risk::Medium, claim).stake(Stake::Access);
        } else if let Some((before, after, risk)) = widened(was, now) {
            let claim = format!("`{name}` is for `{after}`, where it was for `{before}`");
            sink.entry(&["realtime", name, "policy"], risk, claim).stake(Stake::Access);
        }
    }
}

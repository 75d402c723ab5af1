use super::{Cx, Sink};
use crate::schedule;

declare_rule! {
    /// A cron expression names no day that there is.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   never: {cron: "0 0 30 2 *", zone: UTC, target: events/never}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   leap: {cron: "0 0 29 2 *", zone: UTC, target: events/leap}
    /// ```
    pub(crate) static RULE = {
        name: "never-firing-schedule",
        severity: Warning,
        since: "0.1.0",
        check: never_firing_schedule,
    }
}

fn never_firing_schedule(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().schedules {
        let next = schedule::next(&it.cron, it.zone.as_deref(), cx.around.now, 1);
        if next.is_ok_and(|it| it.is_empty()) {
            let span = cx.value(&["schedules", name, "cron"]);
            sink.report(&RULE, span, format!("`{}` never comes: no month has such a day", it.cron));
        }
    }
}

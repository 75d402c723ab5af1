use super::{Cx, Sink};
use crate::schedule;

declare_rule! {
    /// A schedule runs at an hour that clocks skip, or have twice, on one day of the year.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   nightly: {cron: "30 2 * * *", zone: Europe/Berlin, target: events/nightly}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   nightly: {cron: "30 4 * * *", zone: Europe/Berlin, target: events/nightly}
    /// ```
    pub(crate) static RULE = {
        name: "skipped-by-clock-change",
        severity: Hint,
        since: "0.1.0",
        check: skipped_by_clock_change,
    }
}

fn skipped_by_clock_change(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().schedules {
        let Some(day) = schedule::clock_change(&it.cron, it.zone.as_deref(), cx.around.now) else {
            continue;
        };
        let message = format!(
            "`{name}` runs at an hour that does not exist, or comes twice, on {day}, when clocks change"
        );
        sink.report(&RULE, cx.value(&["schedules", name, "cron"]), message);
    }
}

use super::{Cx, Sink};
use crate::provision::edit::Entry;

declare_rule! {
    /// A schedule at an hour of the day does not say in which time zone.
    ///
    /// It runs by UTC then, which is another hour for most people, and another one in summer.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   digest: {cron: "0 8 * * *", target: events/digest}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: Europe/Berlin, target: events/digest}
    ///   ping: {cron: "*/5 * * * *", target: events/ping}
    /// ```
    pub(crate) static RULE = {
        name: "schedule-without-zone",
        severity: Info,
        since: "0.1.0",
        check: schedule_without_zone,
    }
}

fn schedule_without_zone(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().schedules {
        let Ok(cron) = spec::cron::parse(&it.cron) else { continue };
        if it.zone.is_some() || cron.pattern.hours.values().len() == 24 {
            continue;
        }
        let path = ["schedules", name.as_str()];
        let message =
            format!("`{name}` runs at an hour, and does not say in which time zone: by UTC then");
        let edits = cx.adding(&path, Entry::scalar("zone", "UTC"));
        sink.report(&RULE, cx.value(&["schedules", name, "cron"]), message).fix(
            "Write `zone: UTC`",
            edits,
            false,
        );
    }
}

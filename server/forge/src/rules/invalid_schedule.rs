use super::{Cx, Sink};

declare_rule! {
    /// A cron expression cannot be read, so that the schedule would never run.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   digest: {cron: "0 25 * * *", zone: UTC, target: events/digest}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: UTC, target: events/digest}
    /// ```
    pub(crate) static RULE = {
        name: "invalid-schedule",
        severity: Error,
        since: "0.1.0",
        check: invalid_schedule,
    }
}

fn invalid_schedule(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().schedules {
        if let Err(why) = spec::cron::parse(&it.cron) {
            let span = cx.value(&["schedules", name, "cron"]);
            sink.report(&RULE, span, format!("`{}` is no cron expression: {why}", it.cron));
        }
    }
}

use super::cx::{Cx, Sink};
use crate::resources::{host, text_of};
use model::{Risk, Stake};

declare_rule! {
    /// A schedule runs far more or far less often than before, at other hours, or starts something else.
    ///
    /// Four times as often is four times the load, mails and cost; a quarter as often leaves undone what it kept up.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   digest: { cron: "0 7 * * 1", target: functions/digest }
    /// # becomes
    /// schedules:
    ///   digest: { cron: "0 7 * * *", target: functions/digest }
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   digest: { cron: "0 7 * * *", target: functions/digest }
    /// # becomes
    /// schedules:
    ///   digest: { cron: "30 6 * * *", target: functions/digest }
    /// ```
    pub(super) static RULE = {
        name: "changed-cadence",
        group: Resources,
        class: Availability,
        since: "0.1.0",
        check: changed_cadence,
    }
}

fn changed_cadence(cx: &Cx, sink: &mut Sink<'_>) {
    let Some(resources) = &cx.resources else { return };
    for (name, was, now) in resources.kept(&["schedules"]) {
        let runs = |it| text_of(it, "cron").and_then(runs_a_day);
        if let (Some(before), Some(after)) = (runs(was), runs(now)) {
            let claim = match () {
                () if after >= before * 4.0 => {
                    format!("`{name}` runs {:.0} times as often", after / before)
                }
                () if after * 4.0 <= before => {
                    format!("`{name}` runs once where it ran {:.0} times", before / after)
                }
                () => String::new(),
            };
            if !claim.is_empty() {
                sink.entry(&["schedules", name, "cron"], Risk::Medium, claim).stake(Stake::Service);
            }
        }
        let (before, after) = (text_of(was, "target"), text_of(now, "target"));
        if before.map(host) != after.map(host) {
            let after = after.map(host).unwrap_or_default();
            let claim = format!("`{name}` starts `{after}`, and no longer what it started");
            sink.entry(&["schedules", name, "target"], Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

/// How often a cron runs on a day of the year, as a mean; `None` where it cannot be told.
fn runs_a_day(cron: &str) -> Option<f64> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let (seconds, fields) = match fields.len() {
        6 => (count(fields[0], 0, 59)?, &fields[1..]),
        5 => (1.0, &fields[..]),
        _ => return None,
    };
    let (minutes, hours) = (count(fields[0], 0, 59)?, count(fields[1], 0, 23)?);
    let (days, months) = (count(fields[2], 1, 31)? / 31.0, count(fields[3], 1, 12)? / 12.0);
    let weekdays = count(fields[4], 0, 6)? / 7.0;
    // Where both days are said, either of them runs it.
    let share = match (days < 1.0, weekdays < 1.0) {
        (true, true) => (days + weekdays).min(1.0),
        _ => days * weekdays,
    };
    Some(seconds * minutes * hours * share * months)
}

/// How many values a field stands for.
fn count(field: &str, low: u32, high: u32) -> Option<f64> {
    let mut total = 0.0;
    for part in field.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: f64 = step.parse().ok().filter(|it| *it >= 1.0)?;
        let n_values = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => f64::from(high - low + 1),
            Some((from, to)) => match (from.parse::<f64>(), to.parse::<f64>()) {
                (Ok(from), Ok(to)) if to >= from => to - from + 1.0,
                // Names of days and months.
                _ => 5.0,
            },
            None if part.contains('/') => f64::from(high - low + 1),
            None => 1.0,
        };
        total += (n_values / step).ceil();
    }
    Some(total)
}

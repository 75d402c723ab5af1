use super::{Cx, Sink};
use crate::schedule;

declare_rule! {
    /// A time zone is in no table of zones.
    ///
    /// Abbreviations such as `CST` mean several zones: name a city.
    ///
    /// ```yaml,bad
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: Europe/Belin, target: events/digest}
    /// ```
    /// ```yaml,good
    /// schedules:
    ///   digest: {cron: "0 8 * * *", zone: Europe/Berlin, target: events/digest}
    /// ```
    pub(crate) static RULE = {
        name: "unknown-zone",
        severity: Error,
        since: "0.1.0",
        check: unknown_zone,
    }
}

fn unknown_zone(cx: &Cx<'_>, sink: &mut Sink) {
    for (name, it) in &cx.resources().schedules {
        let Some(zone) = it.zone.as_deref().filter(|it| schedule::zone(Some(it)).is_none()) else {
            continue;
        };
        let span = cx.value(&["schedules", name, "zone"]);
        let known = schedule::zones();
        let near = text::suggest::nearest(zone, known.iter().map(String::as_str));
        let mut message = format!("`{zone}` is no time zone");
        match near {
            Some(it) => message += &format!(": did you mean `{it}`?"),
            None => message += ": name one such as `Europe/Berlin`",
        }
        let report = sink.report(&RULE, span, message);
        if let Some(it) = near {
            report.fix(format!("Write `{it}`"), vec![(span, it.to_owned())], false);
        }
    }
}

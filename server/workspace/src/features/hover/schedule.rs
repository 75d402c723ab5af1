//! Cron in words and its next firings.

use croner::Cron;
use jiff::Zoned;
use jiff::tz::TimeZone;
use model::{Need, Timestamp};

/// Firings shown.
const NEXT_MAX: usize = 3;

/// `None` when the expression cannot be read.
pub(super) fn cron_card(expression: &str, zone: Option<&str>, now: Timestamp) -> Option<String> {
    let cron = spec::cron::parse(expression).ok()?;
    let words = spec::cron::words(expression)?;
    Some(format!("`{expression}` {words}\n\n{}", firings(&cron, zone, now)))
}

/// What is known of a schedule: its cadence, cron and zone.
pub(super) fn schedule_lines(need: &Need, now: Timestamp) -> String {
    let mut out = String::new();
    if let Some(every) = need.attribute("every") {
        out += &format!("Runs {every}.\n\n");
    }
    let zone = need.attribute("zone");
    if let Some(card) = need.attribute("cron").and_then(|it| cron_card(it, zone, now)) {
        out += &format!("{card}\n\n");
    }
    out
}

fn firings(cron: &Cron, zone: Option<&str>, now: Timestamp) -> String {
    let (time_zone, note) = match zone {
        None => (TimeZone::UTC, "UTC, as the spec names no time zone".to_owned()),
        Some(name) => match TimeZone::get(name) {
            Ok(it) => (it, name.to_owned()),
            Err(_) => (TimeZone::UTC, format!("UTC, as `{name}` is no known time zone")),
        },
    };
    let Ok(start) = jiff::Timestamp::from_millisecond(now.0) else { return String::new() };
    let next: Vec<String> = next(cron, start.to_zoned(time_zone))
        .iter()
        .map(|it| it.strftime("%a %Y-%m-%d %H:%M").to_string())
        .collect();
    if next.is_empty() {
        return "It never fires again.".to_owned();
    }
    format!("Next: {} ({note})", next.join(", "))
}

fn next(cron: &Cron, start: Zoned) -> Vec<Zoned> {
    let mut out = Vec::new();
    let mut from = start;
    while out.len() < NEXT_MAX {
        let Ok(found) = cron.find_next_occurrence(&from, false) else { break };
        out.push(found.clone());
        from = found;
    }
    out
}

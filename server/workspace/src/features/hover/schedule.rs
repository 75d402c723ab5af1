//! Cron in words and its next firings.

use forge::schedule;
use model::{Need, Timestamp};

/// `None` when the expression cannot be read.
pub(super) fn cron_card(expression: &str, zone: Option<&str>, now: Timestamp) -> Option<String> {
    let words = spec::cron::words(expression)?;
    Some(format!("`{expression}` {words}\n\n{}", firings(expression, zone, now)))
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

fn firings(cron: &str, zone: Option<&str>, now: Timestamp) -> String {
    let (zone, note) = match zone {
        None => (None, "UTC, as the spec names no time zone".to_owned()),
        Some(name) if schedule::zone(Some(name)).is_some() => (Some(name), name.to_owned()),
        Some(name) => (None, format!("UTC, as `{name}` is no known time zone")),
    };
    match schedule::next(cron, zone, now, schedule::SHOWN) {
        Err(_) => String::new(),
        Ok(next) if next.is_empty() => "It never fires again.".to_owned(),
        Ok(next) => format!("Next: {} ({note})", schedule::shown(&next)),
    }
}

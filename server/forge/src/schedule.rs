//! When a cron runs next, in a named time zone.

use jiff::tz::TimeZone;
use jiff::{Span as Length, Timestamp, Zoned};

/// How many runs are shown.
pub const SHOWN: usize = 3;

/// The zone of that name; UTC without one, `None` when there is no such zone.
#[must_use]
pub fn zone(name: Option<&str>) -> Option<TimeZone> {
    match name {
        None | Some("UTC") => Some(TimeZone::UTC),
        Some(name) => TimeZone::get(name).ok(),
    }
}

/// The names of all zones, in order.
#[must_use]
pub fn zones() -> Vec<String> {
    jiff::tz::db().available().map(|it| it.as_str().to_owned()).collect()
}

/// The next `count` runs after `now`; fewer when there are no more.
///
/// # Errors
/// In words, when the expression or the zone cannot be read.
pub fn next(
    cron: &str,
    zone_name: Option<&str>,
    now: model::Timestamp,
    count: usize,
) -> Result<Vec<Zoned>, String> {
    let cron = spec::cron::parse(cron)?;
    let zone = zone(zone_name).ok_or("there is no such time zone")?;
    let start = Timestamp::from_millisecond(now.0).map_err(|it| it.to_string())?;
    let (mut from, mut out) = (start.to_zoned(zone), Vec::new());
    while out.len() < count {
        let Ok(found) = cron.find_next_occurrence(&from, false) else { break };
        out.push(found.clone());
        from = found;
    }
    Ok(out)
}

/// `Mon 2026-11-23 08:00, …`
#[must_use]
pub fn shown(times: &[Zoned]) -> String {
    let shown = times.iter().map(|it| it.strftime("%a %Y-%m-%d %H:%M").to_string());
    shown.collect::<Vec<_>>().join(", ")
}

/// The next day on which clocks change over an hour that `cron` names; `None` when they never do.
#[must_use]
pub fn clock_change(cron: &str, zone_name: Option<&str>, now: model::Timestamp) -> Option<String> {
    let cron = spec::cron::parse(cron).ok()?;
    let hours = cron.pattern.hours.values();
    let minutes = cron.pattern.minutes.values();
    if hours.len() > 12 {
        return None;
    }
    let zone = zone(Some(zone_name?))?;
    let start = Timestamp::from_millisecond(now.0).ok()?;
    let end = start.to_zoned(zone.clone()).checked_add(Length::new().years(1)).ok()?.timestamp();
    for change in zone.following(start).take_while(|it| it.timestamp() < end) {
        let before = change.timestamp().checked_sub(Length::new().seconds(1)).ok()?;
        let (left, right) =
            (before.to_zoned(zone.clone()), change.timestamp().to_zoned(zone.clone()));
        // Hours between the two clocks are skipped, or come twice.
        let (low, high) = (left.time().min(right.time()), left.time().max(right.time()));
        let is_hit = hours.iter().any(|hour| {
            minutes.iter().any(|minute| {
                let (Ok(hour), Ok(minute)) = (i8::try_from(*hour), i8::try_from(*minute)) else {
                    return false;
                };
                let time = jiff::civil::Time::new(hour, minute, 0, 0);
                time.is_ok_and(|it| low <= it && it < high)
            })
        });
        if is_hit {
            return Some(right.strftime("%Y-%m-%d").to_string());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: model::Timestamp = model::Timestamp(981_173_106_000);

    #[test]
    fn runs_follow_the_clock_of_the_zone() {
        let next = next("0 8 * * 1", Some("Europe/Berlin"), NOW, SHOWN).expect("a cron and a zone");
        assert_eq!(
            shown(&next),
            "Mon 2001-02-05 08:00, Mon 2001-02-12 08:00, Mon 2001-02-19 08:00"
        );
        assert!(super::next("0 8 * * 1", Some("Nowhere"), NOW, SHOWN).is_err());
    }

    #[test]
    fn an_hour_that_clocks_skip_is_found() {
        let day = |cron| clock_change(cron, Some("Europe/Berlin"), NOW);
        assert_eq!(day("30 2 * * *").as_deref(), Some("2001-03-25"));
        assert_eq!(day("30 4 * * *"), None);
        assert_eq!(day("*/5 * * * *"), None);
    }
}

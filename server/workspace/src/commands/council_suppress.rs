//! `council.suppress`: has a finding not count.

use super::{CommandCx, CommandError, reviews, store};
use catalog::Suppression;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

declare_command! {
    /// Has a finding not count, with a reason, until a day or for good.
    ///
    /// It counts again when the day has come, or when the finding becomes worse. A critical finding
    /// still has to be acknowledged each time. The reason stays in the audit log.
    pub(super) static COMMAND = {
        name: "council.suppress",
        effect: Write,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The finding, as `council findings` shows it.
    #[schemars(extend("x-positional" = "FINGERPRINT"))]
    pub fingerprint: String,
    /// Why it does not matter here.
    #[serde(default)]
    pub reason: Option<String>,
    /// The first day on which it counts again, such as `2027-01-31`; never when left out.
    #[serde(default)]
    #[schemars(extend("x-value-name" = "DAY"))]
    pub expires: Option<String>,
    /// Ends the suppression instead.
    #[serde(default)]
    pub lift: bool,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// What was done.
    pub note: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such finding, no reason, or the day is over.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let mut catalog = store::existing(cx)?;
    let fingerprint = &input.fingerprint;
    if input.lift {
        let was = catalog.unsuppress_finding(fingerprint).map_err(|it| store::failed(&it))?;
        let note = if was { "counts again" } else { "was not suppressed" };
        return Ok(Output { note: format!("`{fingerprint}` {note}") });
    }
    let known = catalog.council_findings().map_err(|it| store::failed(&it))?;
    let same = known.iter().filter(|it| it.fingerprint == *fingerprint);
    let Some(risk) = same.map(|it| it.risk).max() else {
        let error =
            CommandError::user(format!("suppress `{fingerprint}`: there is no such finding"));
        return Err(error.hint("`specwright council findings` lists them"));
    };
    let text = input.reason.as_deref().unwrap_or_default();
    let reason = reviews::reason(text, &format!("suppress `{fingerprint}`"))?;
    let until = input.expires.as_deref().map(|it| day(cx, it)).transpose()?;
    let suppression = Suppression { fingerprint: fingerprint.clone(), reason, risk, until };
    catalog.suppress_finding(&suppression).map_err(|it| store::failed(&it))?;
    let until = match &input.expires {
        Some(day) => format!("until {day}"),
        None => "for good".to_owned(),
    };
    Ok(Output { note: format!("`{fingerprint}` does not count {until}") })
}

/// Terms that a front offers, each with the input that it stands for.
#[must_use]
pub fn terms(now: Timestamp, input: &Value) -> Vec<(String, Value)> {
    const DAYS: [i64; 2] = [30, 90];
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let with = |day: Value| {
        let mut input = input.clone();
        input["expires"] = day;
        input
    };
    let until = |days: i64| {
        let at = jiff::Timestamp::from_millisecond(now.0 + days * DAY_MS).ok()?;
        let day = at.strftime("%Y-%m-%d").to_string();
        Some((format!("Until {day} ({days} days)"), with(json!(day))))
    };
    let mut out: Vec<(String, Value)> = DAYS.into_iter().filter_map(until).collect();
    out.push(("For good".to_owned(), with(Value::Null)));
    out
}

/// The start of a day in UTC, which must be to come.
fn day(cx: &CommandCx<'_>, text: &str) -> Result<Timestamp, CommandError> {
    let start = text.parse::<Date>().ok().and_then(|it| it.to_zoned(TimeZone::UTC).ok());
    let start = start.map(|it| Timestamp(it.timestamp().as_millisecond()));
    start.filter(|it| *it > cx.system.now()).ok_or_else(|| {
        CommandError::user(format!("suppress until `{text}`: it is no day to come"))
            .hint("write a day such as `2027-01-31`")
    })
}

//! A model's answer, held to the form that was asked for.

use super::failure::Failure;
use super::lens::{Category, Lens, category_of};
use super::probe::Probe;
use model::Risk;
use serde::Deserialize;

/// The most findings that one answer may hold.
const FINDINGS_MAX: usize = 40;
/// The longest text of a finding, in characters.
const TEXT_CHARS_MAX: usize = 2_000;

/// What a model says, in its form sound and in its content not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) claims: Vec<Claim>,
    /// Categories of the lens that it does not say to have considered.
    pub(crate) unchecked: Vec<&'static str>,
}

/// One finding, as the model tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) category: &'static Category,
    pub(crate) object: String,
    pub(crate) risk: Risk,
    pub(crate) path: String,
    /// Where the model thinks that the quote stands; used when the quote stands in several places.
    pub(crate) line: u32,
    pub(crate) quote: String,
    pub(crate) claim: String,
    pub(crate) trigger: String,
    pub(crate) fix: Option<String>,
    pub(crate) probe: Option<Probe>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    verdict: WireVerdict,
    checked: Vec<String>,
    findings: Vec<WireFinding>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum WireVerdict {
    Approve,
    Object,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFinding {
    category: String,
    object: String,
    risk: String,
    confidence: i64,
    path: String,
    line: i64,
    quote: String,
    claim: String,
    trigger: String,
    fix: Option<String>,
    probe: Option<String>,
}

/// Reads an answer of a reviewer of `lens`.
///
/// What the answer says of itself decides nothing: an `approve` with a critical finding is a critical
/// finding. Objects and quotes are judged where the brief is known.
pub(crate) fn read(text: &str, lens: Lens) -> Result<Answer, Failure> {
    let wire: Wire = serde_json::from_str(text).map_err(|it| Failure::Invalid(it.to_string()))?;
    if wire.findings.len() > FINDINGS_MAX {
        return Err(invalid(format!("{} findings, at most {FINDINGS_MAX}", wire.findings.len())));
    }
    for word in &wire.checked {
        if lens.categories().all(|it| it.word != word) {
            return Err(invalid(format!(
                "`checked` names `{}`, which is no category",
                short(word)
            )));
        }
    }
    if wire.checked.is_empty() {
        return Err(invalid("`checked` is empty: it does not say what was looked at"));
    }
    if wire.verdict == WireVerdict::Object && wire.findings.is_empty() {
        return Err(invalid("it objects without a finding"));
    }
    let claims: Result<Vec<Claim>, Failure> =
        wire.findings.into_iter().map(|it| claim(it, lens)).collect();
    let is_unchecked = |it: &&'static Category| !wire.checked.iter().any(|word| word == it.word);
    let unchecked = lens.categories().filter(is_unchecked).map(|it| it.word).collect();
    Ok(Answer { claims: claims?, unchecked })
}

fn claim(wire: WireFinding, lens: Lens) -> Result<Claim, Failure> {
    let category = category_of(&wire.category)
        .filter(|it| lens == Lens::Advocate || it.lens == lens)
        .ok_or_else(|| invalid(format!("`{}` is no category", short(&wire.category))))?;
    let risk = Risk::from_word(&wire.risk)
        .ok_or_else(|| invalid(format!("`{}` is no risk", short(&wire.risk))))?;
    let probe = wire.probe.map(|word| {
        Probe::from_word(&word).ok_or_else(|| invalid(format!("`{}` is no probe", short(&word))))
    });
    let texts = [&wire.quote, &wire.claim, &wire.trigger, wire.fix.as_ref().unwrap_or(&wire.quote)];
    if texts.iter().any(|it| it.chars().count() > TEXT_CHARS_MAX) {
        return Err(invalid(format!("a text is longer than {TEXT_CHARS_MAX} characters")));
    }
    if wire.claim.trim().is_empty() || wire.quote.trim().is_empty() {
        return Err(invalid("a finding has no claim or no quote"));
    }
    if !(0..=100).contains(&wire.confidence) {
        return Err(invalid("a confidence is not between 0 and 100"));
    }
    Ok(Claim {
        category,
        object: wire.object,
        risk,
        path: wire.path,
        line: u32::try_from(wire.line).unwrap_or(0),
        quote: wire.quote,
        claim: one_line(&wire.claim),
        trigger: one_line(&wire.trigger),
        fix: wire.fix,
        probe: probe.transpose()?,
    })
}

fn invalid(why: impl Into<String>) -> Failure {
    Failure::Invalid(why.into())
}

/// Enough of a word that somebody else chose.
fn short(word: &str) -> String {
    word.chars().filter(|it| !it.is_control()).take(40).collect()
}

/// Text of a model for people: no line breaks, no control characters that a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control());
    let line = words.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn check(answer: &Value, expect: Expect) {
        let shown = match read(&answer.to_string(), Lens::Data) {
            Ok(it) => format!("{} claims, {} unchecked", it.claims.len(), it.unchecked.len()),
            Err(failure) => failure.to_string(),
        };
        expect.assert_eq(&shown);
    }

    fn finding(field: &str, value: Value) -> Value {
        let mut finding = json!({
            "category": "data-loss", "object": "posts", "risk": "high", "confidence": 80,
            "path": "a.yaml", "line": 1, "quote": "drop", "claim": "rows go", "trigger": "",
            "fix": null, "probe": "rows-lost",
        });
        finding[field] = value;
        json!({ "verdict": "object", "checked": ["data-loss"], "findings": [finding] })
    }

    #[test]
    fn the_form_is_closed() {
        check(&finding("line", json!(1)), expect!["1 claims, 7 unchecked"]);
        check(
            &finding("category", json!("owner-spoofing")),
            expect!["the answer is not usable: `owner-spoofing` is no category"],
        );
        check(
            &finding("category", json!("vibes")),
            expect!["the answer is not usable: `vibes` is no category"],
        );
        check(
            &finding("risk", json!("fatal")),
            expect!["the answer is not usable: `fatal` is no risk"],
        );
        check(
            &finding("probe", json!("drop table")),
            expect!["the answer is not usable: `drop table` is no probe"],
        );
        check(
            &finding("quote", json!(" ")),
            expect!["the answer is not usable: a finding has no claim or no quote"],
        );
        check(
            &finding("claim", json!("x".repeat(2001))),
            expect!["the answer is not usable: a text is longer than 2000 characters"],
        );
        check(
            &finding("sql", json!("select 1")),
            expect![
                "the answer is not usable: unknown field `sql`, expected one of `category`, `object`, `risk`, `confidence`, `path`, `line`, `quote`, `claim`, `trigger`, `fix`, `probe` at line 1 column 234"
            ],
        );
    }

    #[test]
    fn an_approval_says_what_was_looked_at() {
        check(
            &json!({ "verdict": "approve", "checked": [], "findings": [] }),
            expect![
                "the answer is not usable: `checked` is empty: it does not say what was looked at"
            ],
        );
        check(
            &json!({ "verdict": "object", "checked": ["data-loss"], "findings": [] }),
            expect!["the answer is not usable: it objects without a finding"],
        );
        check(
            &json!({ "verdict": "approve" }),
            expect!["the answer is not usable: missing field `checked` at line 1 column 21"],
        );
    }

    #[test]
    fn a_claim_is_one_line_of_plain_text() {
        let answer = finding("claim", json!("rows\u{1b}[31m go\n\tfor good."));
        let answer = read(&answer.to_string(), Lens::Data).expect("it is sound");
        assert_eq!(answer.claims[0].claim, "rows [31m go for good");
    }
}

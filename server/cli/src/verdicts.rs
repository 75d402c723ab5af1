//! `specwright council …`: reviews and findings as a person, a program, or a code host wants them.

use crate::check::{github, sarif};
use crate::detect::{format, format_argument};
use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use clap::Command;
use serde_json::{Value, json};
use workspace::commands::council_findings::{Output, TrackedData, run as findings};
use workspace::commands::{CommandError, FindingData, RequestData, ReviewData};

/// The state of a finding of a review that nothing is kept of.
pub(crate) const NEW: &str = "new";

pub(crate) fn with_arguments(command: Command) -> Command {
    command.arg(format_argument(&["human", "json", "sarif", "github"]))
}

/// Lists findings; open ones end like findings do.
pub(crate) fn run(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input = call.input_as();
    let output = call.with_cx(|cx| findings(cx, &input))?;
    match format(call.arguments) {
        "json" => screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON")),
        "sarif" => screen.line(&sarif_of(&output.findings)),
        "github" => show_github(&output.findings, screen),
        _ => show_findings(&output, screen),
    }
    Ok(if output.n_open > 0 { FINDINGS } else { CLEAN })
}

fn show_findings(output: &Output, screen: &mut Screen) {
    for it in &output.findings {
        let line = it.line.map(|it| format!(":{it}")).unwrap_or_default();
        let file = if it.file.is_empty() { "the plan" } else { &it.file };
        let who = it.reviewers.join(", ");
        let title = format!("{file}{line}: {} ({}): {}", it.risk, it.state, it.claim);
        screen.line(&screen.bold(&title));
        screen.line(&format!("  {} by {who}, {}; {}", it.rule, it.evidence, it.fingerprint));
        if let Some(reason) = &it.reason {
            let until = it.until.as_deref().map(|it| format!(" until {it}")).unwrap_or_default();
            screen.line(&format!("  suppressed{until}: {reason}"));
        }
    }
    if output.findings.is_empty() {
        screen.note("the council has found nothing that is open");
    }
}

/// Findings as a log of SARIF 2.1.0.
pub(crate) fn sarif_of(findings: &[TrackedData]) -> String {
    let results: Vec<Value> = findings.iter().map(result).collect();
    let mut rules: Vec<&str> = findings.iter().map(|it| it.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules = rules.iter().map(|it| json!({ "id": format!("council/{it}") })).collect();
    sarif::log(rules, &[], results)
}

fn result(it: &TrackedData) -> Value {
    let mut out = json!({
        "ruleId": format!("council/{}", it.rule),
        "level": level(&it.risk),
        "message": { "text": format!("{} ({})", it.claim, it.reviewers.join(", ")) },
        "partialFingerprints": { "specwright/v1": it.fingerprint },
        "baselineState": match it.state {
            "fixed" => "absent",
            NEW => "new",
            _ => "unchanged",
        },
        "properties": { "risk": it.risk, "evidence": it.evidence, "object": it.object },
    });
    if !it.file.is_empty() {
        let region = json!({ "startLine": it.line.unwrap_or(1) });
        out["locations"] = json!([{ "physicalLocation": {
            "artifactLocation": { "uri": sarif::uri(&it.file) },
            "region": region,
        } }]);
    }
    if let Some(reason) = &it.reason {
        out["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
    }
    out
}

/// Findings as annotations; suppressed and fixed ones are none for a pull request.
pub(crate) fn show_github(findings: &[TrackedData], screen: &mut Screen) {
    for it in findings.iter().filter(|it| matches!(it.state, "open" | NEW)) {
        let word = match level(&it.risk) {
            "note" => "notice",
            level => level,
        };
        let rule = format!("council/{}", it.rule);
        let file = if it.file.is_empty() { "forge" } else { &it.file };
        let line = it.line.unwrap_or(1);
        screen.text(&github::command(word, file, &format!("line={line}"), &rule, &it.claim));
    }
}

fn level(risk: &str) -> &'static str {
    match risk {
        "critical" | "high" => "error",
        "medium" => "warning",
        _ => "note",
    }
}

/// `council show`: reviews in words.
pub(crate) fn show(output: &Value, screen: &mut Screen) {
    let reviews = output["reviews"].as_array().map(Vec::as_slice).unwrap_or_default();
    for it in reviews {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        screen.line(&screen.bold(&format!("{} {}", word("at"), word("subject"))));
        if let Ok(review) = serde_json::from_value(it.clone()) {
            show_review(&review, screen);
        }
        if !word("override_reason").is_empty() {
            screen.line(&format!("let by: {}", word("override_reason")));
        }
    }
    if reviews.is_empty() {
        screen.note("the council has reviewed nothing yet");
    }
}

/// `council --show-prompt`: each request as it would go over the wire.
pub(crate) fn prompts(requests: &[RequestData], screen: &mut Screen) {
    for it in requests {
        screen.line(&screen.bold(&format!("{} on {}", it.reviewer, it.subject)));
        if let Some(why) = &it.refused {
            screen.line(&format!("not sent: {why}"));
            continue;
        }
        if let Some(url) = &it.url {
            screen.line(&format!("POST {url}"));
        }
        for [name, value] in &it.headers {
            screen.line(&format!("{name}: {value}"));
        }
        screen.line(&format!("\n{}\n\n{}\n", it.system, it.user));
    }
    screen.note("the whole body of each request is in the output of --json; nothing was sent");
}

/// What the council says of something that waits or was done.
pub(crate) fn show_review(review: &ReviewData, screen: &mut Screen) {
    screen.line(&screen.bold(&format!("-- {}", review.verdict_in_words())));
    for it in &review.findings {
        show_finding(it, screen);
    }
    for it in review.reviewers.iter().filter(|it| it.status == "failed") {
        let why = it.why.as_deref().unwrap_or("no answer");
        screen.line(&format!("-- `{}` gave no answer: {why}", it.name));
    }
    way_on(review, screen);
    if let Some(spent) = &review.spent {
        screen.line(&format!("-- models used {spent}"));
    }
}

/// What to do about a verdict that is no pass.
pub(crate) fn way_on(review: &ReviewData, screen: &mut Screen) {
    match review.verdict.as_str() {
        "needs_acknowledgement" => {
            screen.line(&format!("-- if it is, add --acknowledge {}", review.digest));
        }
        "block" | "inconclusive" => {
            screen.line("-- correct what is found, or let it by with --override \"REASON\"");
        }
        _ => {}
    }
}

fn show_finding(it: &FindingData, screen: &mut Screen) {
    let place = Some(it.place()).filter(|it| !it.is_empty());
    let place = place.map(|it| format!("{it}: ")).unwrap_or_default();
    let state = if it.suppressed { ", suppressed" } else { "" };
    screen.line(&format!("--   {place}{}{state}: {}", it.risk, it.claim));
    screen
        .line(&format!("--     {}/{}, {}, {}", it.reviewer, it.rule, it.evidence, it.fingerprint));
    if !it.trigger.is_empty() {
        screen.line(&format!("--     {}", it.trigger));
    }
    if let Some(fix) = &it.fix {
        screen.line(&format!("--     fix: {}", fix.title));
        for line in fix.text.lines() {
            screen.line(&format!("--       {line}"));
        }
    }
}

//! `specwright council review`: JSON for programs, SARIF and annotations for code hosts, findings and
//! the matrix for people.

use crate::detect::{format, format_argument};
use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use crate::verdicts;
use clap::Command;
use workspace::commands::council_findings::TrackedData;
use workspace::commands::council_review::{Input, Output};
use workspace::commands::{CommandError, FindingData, ReachData};

pub(crate) fn with_arguments(command: Command) -> Command {
    command.arg(format_argument(&["human", "json", "sarif", "github"]))
}

/// Prints a review; anything but a pass ends like findings do.
pub(crate) fn review(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input: Input = call.input_as();
    let output = call.with_cx(|cx| workspace::commands::council_review::run(cx, &input))?;
    let is_json = format(call.arguments) == "json" || call.arguments.get_flag("json");
    match format(call.arguments) {
        _ if is_json => screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON")),
        _ if output.requests.is_some() => {
            verdicts::prompts(output.requests.as_deref().unwrap_or_default(), screen);
        }
        "sarif" => screen.line(&verdicts::sarif_of(&tracked(&input, &output))),
        "github" => verdicts::show_github(&tracked(&input, &output), screen),
        _ => show(&output, screen),
    }
    if output.requests.is_some() {
        return Ok(CLEAN);
    }
    Ok(if output.verdict == "pass" { CLEAN } else { FINDINGS })
}

/// The findings as a code host wants them, each in the file that was given.
fn tracked(input: &Input, output: &Output) -> Vec<TrackedData> {
    let file = |part: &str| {
        let given = match part {
            "migration" => &input.migration,
            "base" => &input.base,
            "down" => &input.down,
            _ => &None,
        };
        given.as_deref().unwrap_or(part).to_owned()
    };
    let counted = output.findings.iter().filter(|it| !it.suppressed && it.evidence != "rejected");
    let tracked = |it: &FindingData| TrackedData {
        fingerprint: it.fingerprint.clone(),
        state: verdicts::NEW,
        reviewers: vec![it.reviewer.clone()],
        rule: it.rule.clone(),
        class: it.class.clone(),
        risk: it.risk.clone(),
        evidence: it.evidence.clone(),
        object: it.object.clone(),
        claim: it.claim.clone(),
        file: it.part.as_deref().map(file).unwrap_or_default(),
        line: it.line,
        ..TrackedData::default()
    };
    counted.map(tracked).collect()
}

fn show(output: &Output, screen: &mut Screen) {
    for it in &output.findings {
        show_finding(it, screen);
    }
    show_matrix(&output.reachability, screen);
    for it in &output.reviewers {
        if let Some(why) = &it.why {
            screen.line(&format!("{}: {}: {why}", it.name, it.status.replace('_', " ")));
        }
    }
    screen.line(&format!("verdict: {}", output.verdict.replace('_', " ")));
}

fn show_finding(it: &FindingData, screen: &mut Screen) {
    let place = Some(it.place()).filter(|it| !it.is_empty());
    let place = place.map(|it| format!("{it}: ")).unwrap_or_default();
    screen.line(&format!("{place}{}[{}] {}", it.risk, it.rule, it.claim));
    if !it.trigger.is_empty() {
        screen.line(&format!("  when: {}", it.trigger));
    }
    if let Some(fix) = &it.fix {
        let text = if fix.text.is_empty() { String::new() } else { format!(": {}", fix.text) };
        screen.line(&format!("  fix: {}{}", fix.title, text.replace('\n', "\n    ")));
    }
}

/// The rows that change, one a line; `>` marks those where somebody can do more than before.
fn show_matrix(rows: &[ReachData], screen: &mut Screen) {
    let changed: Vec<&ReachData> = rows.iter().filter(|it| it.before != it.after).collect();
    if changed.is_empty() {
        return;
    }
    screen.line("");
    screen.line("who can do what, before and after:");
    for it in changed {
        let mark = if it.is_wider { '>' } else { ' ' };
        let cell = |it: &Option<String>| it.clone().unwrap_or_else(|| "(not there)".to_owned());
        let (before, after) = (cell(&it.before), cell(&it.after));
        screen.line(&format!(
            "{mark} {:<20} {:<14} {:<7} {before} -> {after}",
            it.object, it.role, it.command
        ));
    }
    screen.line("");
}

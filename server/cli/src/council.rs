//! `specwright council review`: JSON for programs, findings and the matrix for people.

use crate::detect::{format, format_argument};
use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use crate::verdicts;
use clap::Command;
use workspace::commands::council_review::Output;
use workspace::commands::{CommandError, FindingData, ReachData};

pub(crate) fn with_arguments(command: Command) -> Command {
    command.arg(format_argument(&["human", "json"]))
}

/// Prints a review; anything but a pass ends like findings do.
pub(crate) fn review(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let input = call.input_as();
    let output = call.with_cx(|cx| workspace::commands::council_review::run(cx, &input))?;
    let is_json = format(call.arguments) == "json" || call.arguments.get_flag("json");
    if is_json {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    } else if let Some(requests) = &output.requests {
        verdicts::prompts(requests, screen);
    } else {
        show(&output, screen);
    }
    if output.requests.is_some() {
        return Ok(CLEAN);
    }
    Ok(if output.verdict == "pass" { CLEAN } else { FINDINGS })
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

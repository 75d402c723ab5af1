//! `specwright audit …` in words.

use crate::run::{CLEAN, Call, FINDINGS};
use crate::screen::Screen;
use serde_json::Value;
use workspace::commands::CommandError;

/// Runs a command of the service and shows its output.
pub(crate) fn run(call: &Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let output = call.output()?;
    match call.command.verb() {
        // One entry a line is what it is for.
        "export" => entries(&output).iter().for_each(|it| screen.line(&it.to_string())),
        _ if call.arguments.get_flag("json") => {
            screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
        }
        "log" => log(&output, screen),
        "seal" => seal(&output, screen),
        _ => verify(&output, screen),
    }
    Ok(if output["ok"] == Value::Bool(false) { FINDINGS } else { CLEAN })
}

fn entries(output: &Value) -> &[Value] {
    output["entries"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn log(output: &Value, screen: &mut Screen) {
    for it in entries(output) {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        let title = format!("{} {} {}", it["seq"], word("action"), word("subject"));
        screen.line(&screen.bold(title.trim_end()));
        screen.line(&screen.dim(&format!("    {} by {}", word("at"), word("actor"))));
        if !word("detail").is_empty() {
            screen.line(&format!("    {}", word("detail")));
        }
    }
}

/// The seal alone is data; where it was written is not.
fn seal(output: &Value, screen: &mut Screen) {
    screen.text(output["seal"].as_str().unwrap_or_default());
    screen.finish();
    for it in output["written"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        screen.note(&format!("wrote {it}"));
    }
}

fn verify(output: &Value, screen: &mut Screen) {
    let problems = output["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    for it in problems.iter().filter_map(Value::as_str) {
        screen.line(&format!("problem: {it}"));
    }
    if problems.is_empty() {
        screen.line(&format!("the chain of {} entries holds", output["n_entries"]));
    }
    let seals = output["seals"].as_array().map(Vec::as_slice).unwrap_or_default();
    for it in seals.iter().filter(|_| problems.is_empty()) {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        screen.line(&format!(
            "it fits the seal of {} over {} entries ({})",
            word("at"),
            it["n_entries"],
            word("file")
        ));
    }
    if seals.is_empty() {
        screen.note(
            "no seal is kept: a chain that was cut at its end would not show; \
             `specwright audit seal` makes one",
        );
    }
}

//! `specwright provision`: what would be done, questions on a terminal, then the deed.

use crate::detect::format;
use crate::run::{CLEAN, Call, FINDINGS, USAGE};
use crate::screen::Screen;
use crate::verdicts;
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _};
use workspace::commands::question::{Question, Says};
use workspace::commands::{CommandError, ReviewData, forge_provision, preview, question, stopped};

/// Runs the command; a terminal is asked, a script has to say `--yes`.
pub(crate) fn run(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let is_json = call.arguments.get_flag("json") || format(call.arguments) == "json";
    let is_dry = call.input.get("dry_run") == Some(&json!(true));
    let mut output = call.output()?;
    let asks = !is_json && !is_dry && output["done"] == json!(false);
    if asks && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        while let Some(asked) = asked(call, &output) {
            let is_last = !asked.options.iter().any(|it| matches!(it.says, Says::Answers(_)));
            if is_last {
                show(&output, screen);
            }
            match choose(&asked, screen) {
                Some(Says::Answers(answers)) => {
                    let mut all = call.input.get("answer").cloned().unwrap_or_else(|| json!([]));
                    let list =
                        all.as_array_mut().expect("the input's schema says that it is a list");
                    list.extend(answers.into_iter().map(Value::from));
                    call.input.insert("answer".to_owned(), all);
                    output = call.output()?;
                }
                Some(Says::Agree(fields)) => {
                    call.input.extend(fields.as_object().cloned().unwrap_or_default());
                    output = call.output()?;
                    break;
                }
                // No question here is answered in another way.
                Some(_) | None => {
                    screen.note("nothing was changed");
                    return Ok(USAGE);
                }
            }
        }
    }
    if is_json {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    } else if output["done"] == json!(true) || !asks || !std::io::stdin().is_terminal() {
        show(&output, screen);
    }
    if output["done"] == json!(true) {
        return Ok(CLEAN);
    }
    let has_work = forge_provision::has_work(&output);
    if has_work && !is_dry {
        if !is_json {
            screen.note("nothing was changed; run it again with --yes to do this");
        }
        return Ok(USAGE);
    }
    let is_fine = output["ok"] != json!(false) && !is_held(&output);
    Ok(if is_fine { CLEAN } else { FINDINGS })
}

/// Whether the council does not let it by as it is; what the spec leaves open may change that yet.
fn is_held(output: &Value) -> bool {
    let is_open = output["questions"].as_array().is_some_and(|it| !it.is_empty());
    !is_open && output["council"]["verdict"].as_str().is_some_and(|it| it != "pass")
}

/// What is to be asked next; `None` when there is nothing to do.
fn asked(call: &Call<'_>, output: &Value) -> Option<Question> {
    stopped(output).or_else(|| {
        let mut asked = question(call.command.name, output).ok().flatten()?;
        let mut fields = json!({ "yes": true });
        if output["council"]["verdict"] == "needs_acknowledgement" {
            // The question names what is acknowledged; another review has another digest.
            fields["acknowledge"] = json!([output["council"]["digest"]]);
        }
        for it in asked.options.iter_mut().filter(|it| it.says == Says::Yes) {
            it.says = Says::Agree(fields.clone());
        }
        Some(asked)
    })
}

/// Asks on the terminal; everything that is no number of an option is a no.
fn choose(asked: &Question, screen: &mut Screen) -> Option<Says> {
    screen.line(&asked.text);
    for it in &asked.options {
        if let Says::Type { field, prompt } = it.says {
            screen.line(prompt);
            screen.text("nothing to stop: ");
            let words = read_line(screen).filter(|it| !it.is_empty())?;
            return Some(Says::Agree(json!({ "yes": true, field: words })));
        }
    }
    if let [only] = asked.options.as_slice() {
        screen.text(&format!("{} [y/N] ", only.title));
        let said = read_line(screen)?.to_ascii_lowercase();
        return matches!(said.as_str(), "y" | "yes").then(|| only.says.clone());
    }
    for (number, it) in (1..).zip(&asked.options) {
        screen.line(&format!("  {number} {}", it.title));
    }
    screen.text("number, or nothing to stop: ");
    let number: usize = read_line(screen)?.parse().ok()?;
    asked.options.get(number.checked_sub(1)?).map(|it| it.says.clone())
}

fn read_line(screen: &mut Screen) -> Option<String> {
    screen.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    Some(line.trim().to_owned())
}

/// What the council says, once nothing is open that could change it.
fn review(output: &Value) -> Option<ReviewData> {
    let found = is_held(output).then(|| serde_json::from_value(output["council"].clone()));
    found?.ok()
}

fn show(output: &Value, screen: &mut Screen) {
    let list = |name: &str| output[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    if let Some(reason) = output["none_reason"].as_str() {
        screen.line(&format!("no backend is needed: {reason}"));
    }
    if output["done"] == json!(false)
        && let Some(text) = preview("forge.provision", output)
    {
        screen.text(&text);
        if let Some(review) = review(output) {
            verdicts::way_on(&review, screen);
        }
    }
    if output["done"] == json!(true) {
        for it in list("files") {
            screen.line(&format!("wrote {}", word(it, "path")));
        }
        for it in list("applied") {
            screen.line(&format!("applied {}", word(it, "name")));
            if !word(it, "backup").is_empty() {
                screen.line(&format!("  the state before is in {}", word(it, "backup")));
            }
        }
    }
    if !forge_provision::has_work(output) && list("applied").is_empty() {
        screen.line("everything that the specs ask for is declared");
    }
    for it in list("problems") {
        screen.line(&format!("problem: {}\n  {}", word(it, "message"), word(it, "hint")));
    }
    for it in list("states") {
        let why = word(it, "why");
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        screen.line(&format!("{:9} {}{why}", word(it, "state"), word(it, "primitive")));
    }
}

//! `specwright provision`: what would be done, questions on a terminal, then the deed.

use crate::detect::format;
use crate::run::{CLEAN, Call, FINDINGS, USAGE};
use crate::screen::Screen;
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _};
use workspace::commands::question::{Question, Says};
use workspace::commands::{CommandError, forge_provision, preview, question};

/// Runs the command; a terminal is asked, a script has to say `--yes`.
pub(crate) fn run(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let is_json = call.arguments.get_flag("json") || format(call.arguments) == "json";
    let is_dry = call.input.get("dry_run") == Some(&json!(true));
    let mut output = call.output()?;
    let asks = !is_json && !is_dry && output["done"] == json!(false);
    if asks && std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        while let Some(asked) = question(call.command.name, &output).ok().flatten() {
            let is_last = asked.options.iter().any(|it| it.says == Says::Yes);
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
                Some(Says::Yes) => {
                    call.input.insert("yes".to_owned(), json!(true));
                    output = call.output()?;
                    break;
                }
                // No question of provisioning is answered in this way.
                Some(Says::Agree(_)) | None => {
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
    Ok(if output["ok"] == json!(false) { FINDINGS } else { CLEAN })
}

/// Asks on the terminal; everything that is no number of an option is a no.
fn choose(asked: &Question, screen: &mut Screen) -> Option<Says> {
    screen.line(&asked.text);
    let is_yes_or_no = asked.options.len() == 1 && asked.options[0].says == Says::Yes;
    if is_yes_or_no {
        screen.text(&format!("{} [y/N] ", asked.options[0].title));
    } else {
        for (number, it) in (1..).zip(&asked.options) {
            screen.line(&format!("  {number} {}", it.title));
        }
        screen.text("number, or nothing to stop: ");
    }
    screen.flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    let said = line.trim();
    if is_yes_or_no {
        let is_yes = matches!(said.to_ascii_lowercase().as_str(), "y" | "yes");
        return is_yes.then_some(Says::Yes);
    }
    let number: usize = said.parse().ok()?;
    asked.options.get(number.checked_sub(1)?).map(|it| it.says.clone())
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

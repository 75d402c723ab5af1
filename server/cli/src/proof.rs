//! `specwright proof …` in words.

use crate::run::{CLEAN, Call, FINDINGS, USAGE};
use crate::screen::Screen;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use workspace::commands::CommandError;

/// Runs a command of the service and shows its output.
pub(crate) fn run(call: &mut Call<'_>, screen: &mut Screen) -> Result<u8, CommandError> {
    let mut output = call.output()?;
    let is_json = call.arguments.get_flag("json");
    if is_json {
        screen.line(&serde_json::to_string_pretty(&output).expect("it is JSON"));
    } else {
        show(call.command.verb(), &output, screen);
        output = agreed(call, output, screen)?;
    }
    if call.command.verb() == "open" && !is_json {
        open(word(&output, "open"), screen);
    }
    let is_open = output["done"] == json!(false);
    if is_open && !is_json {
        let digest = word(&output["preview"], "digest");
        screen.note(&format!(
            "nothing was sent; run it again with --yes {digest} to send exactly this"
        ));
    }
    Ok(match (is_open, output["ok"] == json!(false)) {
        (true, _) => USAGE,
        (false, true) => FINDINGS,
        (false, false) => CLEAN,
    })
}

/// Asks whoever sits at the terminal. Everything but a yes is a no, and scripts are never asked.
fn agreed(call: &mut Call<'_>, output: Value, screen: &mut Screen) -> Result<Value, CommandError> {
    let is_asked = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let digest = output["preview"]["digest"].as_str();
    let Some(digest) = digest.filter(|_| is_asked && output["done"] == json!(false)) else {
        return Ok(output);
    };
    screen.finish();
    if !crate::checkpoint::is_yes("Share it? [y/N] ") {
        return Ok(output);
    }
    call.input.insert("yes".to_owned(), json!(digest));
    let done = call.output()?;
    show(call.command.verb(), &done, screen);
    Ok(done)
}

fn show(verb: &str, it: &Value, screen: &mut Screen) {
    match verb {
        "generate" => generated(it, screen),
        "list" => list(it, screen),
        "show" => statement(it, screen),
        "verify" => verified(it, screen),
        "open" => screen.line(word(it, "open")),
        _ => shared(it, screen),
    }
}

fn all<'a>(it: &'a Value, name: &str) -> &'a [Value] {
    it[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(it: &'a Value, name: &str) -> &'a str {
    it[name].as_str().unwrap_or_default()
}

/// What a terminal would take for a command stays visible and harmless.
fn plain(text: &str) -> String {
    crate::checkpoint::plain(text)
}

fn proof(it: &Value, screen: &mut Screen) {
    let id = screen.bold(word(it, "id"));
    screen.line(&format!("{id}  {}", plain(word(it, "headline"))));
    let redacted = if it["redacted"] == json!(true) { "" } else { ", not wholly redacted" };
    screen.line(&screen.dim(&format!("    {} at {}{redacted}", word(it, "trust"), word(it, "at"))));
}

fn generated(it: &Value, screen: &mut Screen) {
    proof(&it["proof"], screen);
    for it in all(it, "masked") {
        screen.line(&format!("made unreadable: {} × {}", it["n"], word(it, "kind")));
    }
    for it in all(it, "not_run").iter().filter_map(Value::as_str) {
        screen.line(&format!("not run: {}", plain(it)));
    }
    for it in all(it, "problems").iter().filter_map(Value::as_str) {
        screen.note(&format!("not wholly redacted, and so not to be shared: {}", plain(it)));
    }
    screen.line(&format!("the page is {}", word(&it["proof"], "page")));
}

fn list(it: &Value, screen: &mut Screen) {
    all(it, "proofs").iter().for_each(|it| proof(it, screen));
    for it in all(it, "unreadable").iter().filter_map(Value::as_str) {
        screen.note(&plain(it));
    }
    if all(it, "proofs").is_empty() {
        screen.line("there are no proofs yet; `specwright proof generate` makes one");
    }
}

/// Every fact on a line, with its place in the statement.
fn statement(it: &Value, screen: &mut Screen) {
    proof(&it["proof"], screen);
    facts(&it["statement"]["predicate"], "", screen);
}

fn facts(it: &Value, at: &str, screen: &mut Screen) {
    match it {
        Value::Object(fields) => {
            for (name, it) in fields {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                facts(it, &at, screen);
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(index, it)| {
            facts(it, &format!("{at}[{index}]"), screen);
        }),
        Value::String(text) if text.contains('\n') => {
            screen.line(&format!("{at}:"));
            text.lines().for_each(|it| screen.line(&format!("    {}", plain(it))));
        }
        Value::String(text) => screen.line(&format!("{at}: {}", plain(text))),
        other => screen.line(&format!("{at}: {other}")),
    }
}

fn verified(it: &Value, screen: &mut Screen) {
    screen.line(&format!("{}  {}", screen.bold(word(it, "id")), plain(word(it, "headline"))));
    for it in all(it, "checks") {
        screen.line(&format!(
            "{:9} {:9} {}",
            word(it, "state"),
            word(it, "name"),
            plain(word(it, "detail"))
        ));
    }
    screen.line(&format!("trust: {}", word(it, "trust")));
    if it["ok"] == json!(true) {
        screen.line(word(it, "shows"));
        screen.line(word(it, "does_not_show"));
    } else {
        screen.line("Something fails: do not rely on this proof.");
    }
}

fn shared(it: &Value, screen: &mut Screen) {
    let tier = word(it, "tier");
    if !tier.is_empty() {
        screen.note(tier);
    }
    if it["done"] == json!(true) {
        match word(it, "address") {
            "" => screen.line("shared; the server named no address"),
            address => screen.line(address),
        }
        return;
    }
    proof(&it["proof"], screen);
    let preview = &it["preview"];
    screen.line(&format!("goes to {}: {} bytes", word(preview, "to"), preview["n_bytes"]));
    for it in all(preview, "masked").iter().filter_map(Value::as_str) {
        screen.line(&format!("made unreadable: {it}"));
    }
    let known = &preview["n_known_values"];
    screen.line(&format!("looked for {known} values that are known to be secret"));
    let people: Vec<&str> = all(preview, "people").iter().filter_map(Value::as_str).collect();
    screen.line(&format!("names {}, and {} files", plain(&people.join(", ")), preview["n_files"]));
    screen.line(&format!("look at it first: {}", word(&it["proof"], "page")));
}

/// Starts the browser, where there is a screen for one.
fn open(page: &str, screen: &mut Screen) {
    let has = |name: &str| std::env::var_os(name).is_some_and(|it| !it.is_empty());
    let is_seen =
        !cfg!(all(unix, not(target_os = "macos"))) || has("DISPLAY") || has("WAYLAND_DISPLAY");
    if !std::io::stdout().is_terminal() || !is_seen {
        return;
    }
    if let Err(error) = open::that_detached(page) {
        screen.note(&format!("no browser could be started: {error}; open the file yourself"));
    }
}

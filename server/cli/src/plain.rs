//! Outputs of small commands in words.

use crate::screen::Screen;
use serde_json::Value;
use workspace::commands::Command;

/// Shows an output: a page for what is a page, else its fields.
pub(crate) fn show(command: &Command, output: &Value, screen: &mut Screen) {
    match command.name {
        "rule.explain" => explain(output, screen),
        "workspace.doctor" => doctor(output, screen),
        "council.show" => crate::verdicts::show(output, screen),
        "workspace.status" => status(output, screen),
        "workspace.context" => context(output, screen),
        "workspace.cleanup" => cleanup(output, screen),
        "memory.list" | "memory.forget" => memory(output, screen),
        "memory.export" => list(output, "items").iter().for_each(|it| screen.line(&it.to_string())),
        _ => fields(output, screen),
    }
}

fn explain(it: &Value, screen: &mut Screen) {
    let word = |name: &str| it[name].as_str().unwrap_or_default();
    screen.line(&screen.bold(word("rule")));
    screen.line(&format!(
        "group {}, severity {}, here {}, since {}\n",
        word("group"),
        word("severity"),
        word("level"),
        word("since")
    ));
    screen.line(word("docs"));
}

fn doctor(it: &Value, screen: &mut Screen) {
    for check in it["checks"].as_array().into_iter().flatten() {
        let word = |name: &str| check[name].as_str().unwrap_or_default();
        let code = match word("code") {
            "" => String::new(),
            code => format!("{code} "),
        };
        screen.line(&format!("{:5} {code}{}: {}", word("state"), word("name"), word("message")));
        for it in [word("hint"), word("docs")].into_iter().filter(|it| !it.is_empty()) {
            screen.line(&format!("      {it}"));
        }
    }
}

fn list<'a>(it: &'a Value, name: &str) -> &'a [Value] {
    it[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Counts first, then each resource with its state.
fn status(it: &Value, screen: &mut Screen) {
    let mut counts = it.clone();
    let counted = counts.as_object_mut().map(|it| it.remove("resources"));
    fields(&counts, screen);
    let resources = counted.flatten().unwrap_or_default();
    for it in resources.as_array().into_iter().flatten() {
        let word = |name: &str| it[name].as_str().unwrap_or_default();
        screen.line(&format!("{:10} {} {}", word("state"), word("kind"), word("name")));
    }
}

fn context(it: &Value, screen: &mut Screen) {
    match it["text"].as_str() {
        Some(text) => screen.text(text),
        None => screen.note("nothing is applied yet"),
    }
}

fn cleanup(it: &Value, screen: &mut Screen) {
    let verb = if it["done"] == Value::Bool(true) { "removed" } else { "remove" };
    for (verb, name) in [(verb, "removed"), ("keep", "kept")] {
        for file in list(it, name) {
            let word = |name: &str| file[name].as_str().unwrap_or_default();
            let (n_bytes, why) = (&file["n_bytes"], word("why"));
            screen.line(&format!("{verb} {} ({n_bytes} bytes): {why}", word("file")));
        }
    }
    if list(it, "removed").is_empty() {
        screen.line("there is nothing to remove");
    }
}

fn memory(it: &Value, screen: &mut Screen) {
    for item in list(it, "items") {
        let word = |name: &str| item[name].as_str().unwrap_or_default();
        let title = format!("{} {} {}", item["id"], word("project"), word("migration"));
        screen.line(&screen.bold(&title));
        screen.line(&format!("    {}", word("choice")));
        if !word("reason").is_empty() {
            screen.line(&format!("    since {}", word("reason")));
        }
        let why = match word("why") {
            "" => String::new(),
            why => format!(" because {why}"),
        };
        screen.line(&format!("    {}{why} ({})", word("outcome"), word("at")));
    }
    if list(it, "items").is_empty() {
        screen.line("nothing is kept");
    }
    if it["enabled"] == Value::Bool(false) {
        screen.note("nothing new is kept: `memory.enable` is off");
    }
}

fn fields(it: &Value, screen: &mut Screen) {
    for (name, value) in it.as_object().into_iter().flatten() {
        let name = name.strip_prefix("n_").unwrap_or(name).replace('_', " ");
        match value {
            Value::Null => {}
            Value::String(it) => screen.line(&format!("{name}: {it}")),
            Value::Array(items) => {
                for item in items {
                    let text = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
                    screen.line(&format!("{name}: {text}"));
                }
            }
            other => screen.line(&format!("{name}: {other}")),
        }
    }
}

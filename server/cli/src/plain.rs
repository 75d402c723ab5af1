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
        "council.prompt" => crate::verdicts::prompt(output, screen),
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
        screen.line(&format!("{:5} {}: {}", word("state"), word("name"), word("message")));
        if !word("hint").is_empty() {
            screen.line(&format!("      {}", word("hint")));
        }
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

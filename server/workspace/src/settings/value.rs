use super::files::FileRule;
use super::raw::{Problem, Raw, RawKind};
use model::Severity;
use serde_json::{Value, json};
use spec::rules::Level;
use std::collections::BTreeMap;

/// The words that a rule can be set to.
const LEVELS: [&str; 6] = ["off", "on", "hint", "info", "warning", "error"];

/// A type that settings can have.
pub(crate) trait SettingValue {
    /// Takes a layer's value over the one below.
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>);
    fn schema() -> Value;
    fn to_json(&self) -> Value;
}

impl SettingValue for bool {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        match raw.kind {
            RawKind::Bool(it) => *self = it,
            _ => problems.push(expected(raw, "true or false", "write `true` or `false`")),
        }
    }

    fn schema() -> Value {
        json!({ "type": "boolean" })
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl SettingValue for String {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        match &raw.kind {
            RawKind::Text(it) => self.clone_from(it),
            _ => problems.push(expected(raw, "a string", "write `\"…\"`")),
        }
    }

    fn schema() -> Value {
        json!({ "type": "string" })
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl SettingValue for u64 {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        match raw.kind {
            // Exact in a float.
            RawKind::Number(it) if it.fract() == 0.0 && (0.0..=9e15).contains(&it) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is a whole number between 0 and 9e15"
                )]
                let number = it as Self;
                *self = number;
            }
            _ => problems.push(expected(raw, "a whole number", "write digits alone")),
        }
    }

    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl SettingValue for Severity {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let word = if let RawKind::Text(it) = &raw.kind { it.as_str() } else { "" };
        match Self::from_word(word) {
            Some(it) => *self = it,
            None => {
                problems.push(expected(raw, "a severity", "use hint, info, warning or error"));
            }
        }
    }

    fn schema() -> Value {
        json!({ "type": "string", "enum": ["hint", "info", "warning", "error"] })
    }

    fn to_json(&self) -> Value {
        json!(self.word())
    }
}

impl SettingValue for Vec<String> {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        if let Some(list) = strings(raw, problems) {
            *self = list;
        }
    }

    fn schema() -> Value {
        json!({ "type": "array", "items": { "type": "string" } })
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl SettingValue for BTreeMap<String, String> {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let RawKind::Table(entries) = &raw.kind else {
            problems.push(expected(raw, "a table of rules", "write `rule-name = \"off\"`"));
            return;
        };
        for (name, value) in entries {
            match &value.kind {
                RawKind::Text(word) if level(word).is_some() => {
                    self.insert(name.text.clone(), word.clone());
                }
                RawKind::Text(word) => {
                    let problem = Problem::error(value.span, format!("`{word}` is no level"));
                    let help = "use off, on, hint, info, warning or error".to_owned();
                    problems.push(problem.help(help));
                }
                _ => problems.push(expected(value, "a level", "write `\"off\"`")),
            }
        }
    }

    fn schema() -> Value {
        let level = json!({ "type": "string", "enum": LEVELS });
        let mut properties = serde_json::Map::new();
        for group in crate::rules::GROUPS {
            let mut level = level.clone();
            level["description"] = json!(format!("All rules of the group `{group}`."));
            properties.insert(group.to_owned(), level);
        }
        for rule in crate::rules::all().iter().filter(|it| it.is_settable()) {
            let mut level = level.clone();
            level["description"] = json!(rule.summary());
            properties.insert(rule.name.to_owned(), level);
        }
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    }

    fn to_json(&self) -> Value {
        json!(self)
    }
}

impl SettingValue for Vec<FileRule> {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let RawKind::List(entries) = &raw.kind else {
            problems.push(expected(raw, "a list of tables", "write `[[files]]`"));
            return;
        };
        for entry in entries {
            let RawKind::Table(fields) = &entry.kind else {
                problems.push(expected(entry, "a table", "write `[[files]]`"));
                continue;
            };
            let mut rule = FileRule::default();
            for (name, value) in fields {
                let into = match name.text.as_str() {
                    "paths" => &mut rule.paths,
                    "allow" => &mut rule.allow,
                    other => {
                        let message = format!("there is no key `{other}` in `files`");
                        let problem = Problem::warning(name.span, message);
                        problems.push(problem.help("use `paths` and `allow`".to_owned()));
                        continue;
                    }
                };
                *into = strings(value, problems).unwrap_or_default();
            }
            self.push(rule);
        }
    }

    fn schema() -> Value {
        let strings = Vec::<String>::schema();
        json!({ "type": "array", "items": {
            "type": "object",
            "properties": { "paths": strings, "allow": strings },
            "required": ["paths", "allow"],
            "additionalProperties": false,
        } })
    }

    fn to_json(&self) -> Value {
        let entry = |it: &FileRule| json!({ "paths": it.paths, "allow": it.allow });
        Value::Array(self.iter().map(entry).collect())
    }
}

/// The level that a word of the settings names.
pub(super) fn level(word: &str) -> Option<Level> {
    match word {
        "off" => Some(Level::Off),
        "on" => Some(Level::On),
        _ => Severity::from_word(word).map(Level::At),
    }
}

pub(super) fn strings(raw: &Raw, problems: &mut Vec<Problem>) -> Option<Vec<String>> {
    let problem = || expected(raw, "a list of strings", "write `[\"…\"]`");
    let RawKind::List(items) = &raw.kind else {
        problems.push(problem());
        return None;
    };
    let text = |it: &Raw| if let RawKind::Text(it) = &it.kind { Some(it.clone()) } else { None };
    let list: Option<Vec<String>> = items.iter().map(text).collect();
    if list.is_none() {
        problems.push(problem());
    }
    list
}

pub(super) fn expected(raw: &Raw, what: &str, help: &str) -> Problem {
    Problem::error(raw.span, format!("expected {what}")).help(help.to_owned())
}

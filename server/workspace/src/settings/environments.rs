use super::raw::{Problem, Raw, RawKind};
use super::value::{SettingValue, expected};
use council::models::KeySource;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Databases by the names that they are promoted to, and where the URL of each is found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Environments(pub BTreeMap<String, KeySource>);

impl SettingValue for Environments {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let RawKind::Table(entries) = &raw.kind else {
            let help = "write `[environments]` and a line `prod = \"env:DATABASE_URL\"`";
            problems.push(expected(raw, "a table of names", help));
            return;
        };
        for (name, value) in entries {
            let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
            if name.text.is_empty() || !name.text.chars().all(is_name) {
                let message = format!("`{}` is no name of an environment", name.text);
                let problem = Problem::error(name.span, message);
                problems.push(problem.help("use letters, digits, `-` and `_`".to_owned()));
                continue;
            }
            let word = match &value.kind {
                RawKind::Text(it) => it.as_str(),
                _ => "",
            };
            match KeySource::from_word(word).filter(|it| *it != KeySource::None) {
                // The user's own file comes first, and its word stays.
                Some(source) => drop(self.0.entry(name.text.clone()).or_insert(source)),
                // What was written is not repeated: it may be a URL with its password.
                None => {
                    let message = format!(
                        "the URL of `{}` is neither in the environment nor in the keyring",
                        name.text
                    );
                    let help = "write `env:NAME` or `keyring:ACCOUNT`, never the URL itself";
                    problems.push(Problem::error(value.span, message).help(help.to_owned()));
                }
            }
        }
    }

    fn schema() -> Value {
        json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" },
            "additionalProperties": { "type": "string", "pattern": "^(env|keyring):.+$" },
        })
    }

    fn to_json(&self) -> Value {
        self.0.keys().map(|it| (it.clone(), json!("…"))).collect::<serde_json::Map<_, _>>().into()
    }
}

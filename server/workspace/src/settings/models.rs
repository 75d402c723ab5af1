use super::raw::{Name, Problem, Raw, RawKind};
use super::value::{SettingValue, expected, strings};
use council::models::{Api, Endpoint, KeySource, Lens, Price};
use serde_json::{Value, json};

/// A model endpoint, as the user's own file names it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSetting {
    pub endpoint: Endpoint,
    pub lenses: Vec<Lens>,
}

/// The fields of one entry; an entry that is not whole is told and left out.
#[derive(Default)]
struct Fields {
    name: String,
    api: String,
    url: String,
    model: String,
    key: String,
    lenses: Option<Vec<String>>,
    price: Price,
}

impl SettingValue for Vec<ModelSetting> {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let RawKind::List(entries) = &raw.kind else {
            problems.push(expected(raw, "a list of tables", "write `[[council.models]]`"));
            return;
        };
        self.clear();
        for entry in entries {
            let RawKind::Table(fields) = &entry.kind else {
                problems.push(expected(entry, "a table", "write `[[council.models]]`"));
                continue;
            };
            let Some(fields) = read(fields, problems) else { continue };
            match setting(fields) {
                Ok(it) if self.iter().any(|old| old.endpoint.name == it.endpoint.name) => {
                    let message = format!("two models are called `{}`", it.endpoint.name);
                    let problem = Problem::error(entry.span, message);
                    problems.push(problem.help("give each a name of its own".to_owned()));
                }
                Ok(it) => self.push(it),
                Err((message, help)) => {
                    problems.push(Problem::error(entry.span, message).help(help.to_owned()));
                }
            }
        }
    }

    fn schema() -> Value {
        let text = String::schema();
        let lenses = Lens::STANDARD.map(Lens::word);
        let price = json!({ "type": "number", "minimum": 0 });
        json!({ "type": "array", "items": {
            "type": "object",
            "properties": {
                "name": text,
                "api": { "type": "string", "enum": ["openai", "anthropic"] },
                "url": text,
                "model": text,
                "key": text,
                "lenses": { "type": "array", "items": { "type": "string", "enum": lenses } },
                "dollars-per-million-in": price,
                "dollars-per-million-out": price,
            },
            "required": ["name", "api", "url", "model"],
            "additionalProperties": false,
        } })
    }

    fn to_json(&self) -> Value {
        Value::Array(self.iter().map(|it| json!({ "name": it.endpoint.name })).collect())
    }
}

/// `None` when a field cannot be read: whoever misspells a field shall not ask somebody else.
fn read(fields: &[(Name, Raw)], problems: &mut Vec<Problem>) -> Option<Fields> {
    let (mut out, n_before) = (Fields::default(), problems.len());
    for (name, value) in fields {
        let into = match name.text.as_str() {
            "name" => &mut out.name,
            "api" => &mut out.api,
            "url" => &mut out.url,
            "model" => &mut out.model,
            "key" => &mut out.key,
            "lenses" => {
                out.lenses = strings(value, problems);
                continue;
            }
            "dollars-per-million-in" => {
                out.price.micros_in = micros(value, problems);
                continue;
            }
            "dollars-per-million-out" => {
                out.price.micros_out = micros(value, problems);
                continue;
            }
            other => {
                let message = format!("there is no key `{other}` in `council.models`");
                let problem = Problem::error(name.span, message);
                problems.push(problem.help("`docs/settings.md` lists all".to_owned()));
                continue;
            }
        };
        into.layer(value, problems);
    }
    (problems.len() == n_before).then_some(out)
}

fn setting(it: Fields) -> Result<ModelSetting, (String, &'static str)> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    if it.name.is_empty() || !it.name.chars().all(is_name) {
        let help = "use letters, digits, `-`, `_` and `.`";
        return Err((format!("`{}` is no name of a model", it.name), help));
    }
    let api = Api::from_word(&it.api)
        .ok_or_else(|| (format!("`{}` is no api", it.api), "use `openai` or `anthropic`"))?;
    let url = it.url.parse().map_err(|_| {
        ("the url of a model cannot be read".to_owned(), "write `https://host/path`")
    })?;
    // What was written is not repeated: it may be the key itself.
    let key = KeySource::from_word(&it.key).ok_or_else(|| {
        let help = "write `env:NAME` or `keyring:ACCOUNT`, never the key itself";
        (format!("the key of `{}` is neither in the environment nor in the keyring", it.name), help)
    })?;
    if it.model.is_empty() {
        return Err((format!("`{}` has no model", it.name), "write `model = \"…\"`"));
    }
    let words =
        it.lenses.unwrap_or_else(|| Lens::STANDARD.iter().map(|it| it.word().to_owned()).collect());
    let lenses: Option<Vec<Lens>> = words.iter().map(|it| Lens::from_word(it)).collect();
    let lenses = lenses.filter(|it| !it.is_empty()).ok_or_else(|| {
        let help = "use `security`, `data`, `compatibility`";
        (format!("the lenses of `{}` cannot be read", it.name), help)
    })?;
    let (name, model, price) = (it.name, it.model, it.price);
    let endpoint = Endpoint { name, api, url, model, key, price };
    endpoint.check().map_err(|why| {
        let help = "questions go encrypted, or to a server on this machine";
        (format!("`{}`: {why}", endpoint.name), help)
    })?;
    Ok(ModelSetting { endpoint, lenses })
}

/// Dollars as millionths.
fn micros(raw: &Raw, problems: &mut Vec<Problem>) -> u64 {
    match raw.kind {
        // Up to a million dollars: exact in a float, and far from the end of the integer.
        RawKind::Number(it) if (0.0..=1e6).contains(&it) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is between 0 and 1e12"
            )]
            let micros = (it * 1e6).round() as u64;
            micros
        }
        _ => {
            problems.push(expected(raw, "an amount of dollars", "write a number, such as `2.5`"));
            0
        }
    }
}

/// An amount of dollars; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dollars(pub Option<u64>);

impl SettingValue for Dollars {
    fn layer(&mut self, raw: &Raw, problems: &mut Vec<Problem>) {
        let n_before = problems.len();
        let amount = micros(raw, problems);
        if problems.len() == n_before {
            self.0 = Some(amount);
        }
    }

    fn schema() -> Value {
        json!({ "type": "number", "minimum": 0 })
    }

    fn to_json(&self) -> Value {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::{Settings, Sources};
    use expect_test::{Expect, expect};

    fn check(user: &str, expect: Expect) {
        let (settings, problems) =
            Settings::read(Sources { user: Some(user), ..Sources::default() });
        let mut out = String::new();
        for it in &settings.council_models {
            let lenses: Vec<&str> = it.lenses.iter().map(|it| it.word()).collect();
            let (endpoint, price) = (&it.endpoint, it.endpoint.price);
            out += &format!("{} at {}: {}", endpoint.name, endpoint.url, lenses.join(", "));
            out += &format!(" ({} in, {} out)\n", price.micros_in, price.micros_out);
        }
        for it in problems {
            out += &format!("{} ({})\n", it.message, it.help.unwrap_or_default());
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn an_endpoint_is_named_by_the_user_and_nobody_else() {
        let text = "[[council.models]]\nname = 'a'\napi = 'anthropic'\nurl = 'https://api.example.com'\n\
                    model = 'm'\nkey = 'env:A_KEY'\ndollars-per-million-in = 2.5\n";
        check(
            text,
            expect![[r#"
            a at https://api.example.com/: security, data, compatibility (2500000 in, 0 out)
        "#]],
        );
        let (settings, problems) =
            Settings::read(Sources { workspace: Some(text), ..Sources::default() });
        assert_eq!((settings.council_models.len(), problems.len()), (0, 1));
        let editor = serde_json::json!({ "council": { "models": [{ "name": "a" }] } });
        let (settings, problems) =
            Settings::read(Sources { editor: Some(&editor), ..Sources::default() });
        assert_eq!((settings.council_models.len(), problems.len()), (0, 1));
    }

    #[test]
    fn what_is_not_whole_is_told_and_left_out() {
        let entry = |rest: &str| {
            format!("[[council.models]]\nname = 'a'\napi = 'openai'\nmodel = 'm'\n{rest}\n")
        };
        check(
            &entry("url = 'http://api.example.com'"),
            expect![[r#"
                `a`: `http://api.example.com/` is neither `https:` nor on this machine (questions go encrypted, or to a server on this machine)
            "#]],
        );
        check(
            &entry("url = 'http://127.0.0.1:1/v1'\nkey = 'sk-secret'"),
            expect![[r#"
            the key of `a` is neither in the environment nor in the keyring (write `env:NAME` or `keyring:ACCOUNT`, never the key itself)
        "#]],
        );
        check(
            &entry("url = 'http://127.0.0.1:1/v1'\nlenses = ['advocate']"),
            expect![[r#"
            the lenses of `a` cannot be read (use `security`, `data`, `compatibility`)
        "#]],
        );
        check(
            &entry("url = 'http://127.0.0.1:1/v1'\nprice = 2"),
            expect![[r#"
            there is no key `price` in `council.models` (`docs/settings.md` lists all)
        "#]],
        );
        check(
            &entry("url = 'http://127.0.0.1:1/v1'\nlenses = ['data']"),
            expect![[r#"
            a at http://127.0.0.1:1/v1: data (0 in, 0 out)
        "#]],
        );
    }
}

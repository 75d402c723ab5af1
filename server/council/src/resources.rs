//! A change of `forge.yaml`: what it declared before and after, and where that stands.
//!
//! It is read by its keys alone. Whether it is in the right form is told where it is written; a text
//! that is no YAML cannot be reviewed.

use crate::change::Unreadable;
use crate::sql::{NotSql, line_of};
use crate::{Part, PartKind, Subject};
use model::{Risk, Span};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use text::yaml::{self, Node, Value};

/// What is declared before and after a change.
#[derive(Debug)]
pub(crate) struct Resources {
    before: Json,
    after: Json,
    /// Keys from the root, and where they stand afterwards.
    places: BTreeMap<Vec<String>, Span>,
    /// The text afterwards, and the part of the subject that it is.
    pub(crate) text: String,
    pub(crate) part: String,
}

/// An entry that is there before, after, or both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) was: Option<&'a Json>,
    pub(crate) now: Option<&'a Json>,
}

/// Nothing is declared.
static NOTHING: Json = Json::Null;

impl Resources {
    /// # Errors
    /// The first place that is no YAML.
    pub(crate) fn of(subject: &Subject) -> Result<Self, Unreadable> {
        let part = subject.part(PartKind::Resources);
        let mut places = BTreeMap::new();
        let after = part.map_or(Ok(Json::Null), |it| read(it, &mut places))?;
        let base = subject.part(PartKind::Base);
        let before = base.map_or(Ok(Json::Null), |it| read(it, &mut BTreeMap::new()))?;
        let (text, part) = part.map_or(("", "resources"), |it| (&it.text, &it.name));
        Ok(Self { before, after, places, text: text.to_owned(), part: part.to_owned() })
    }

    /// The entries below a path, those that go and those that come as well.
    pub(crate) fn entries(&self, path: &[&str]) -> impl Iterator<Item = Entry<'_>> {
        let (was, now) = (object(at(&self.before, path)), object(at(&self.after, path)));
        let names = was.into_iter().chain(now).flat_map(Map::keys);
        let names: BTreeSet<&str> = names.map(String::as_str).collect();
        names.into_iter().map(move |name| Entry {
            name,
            was: was.and_then(|it| it.get(name)),
            now: now.and_then(|it| it.get(name)),
        })
    }

    /// The same of entries that stay.
    pub(crate) fn kept(&self, path: &[&str]) -> impl Iterator<Item = (&str, &Json, &Json)> {
        self.entries(path).filter_map(|it| Some((it.name, it.was?, it.now?)))
    }

    /// What stands at a path before and after.
    pub(crate) fn pair(&self, path: &[&str]) -> (&Json, &Json) {
        (at(&self.before, path), at(&self.after, path))
    }

    /// Where a path stands afterwards, or the nearest part above it.
    pub(crate) fn place(&self, path: &[&str]) -> Span {
        let mut path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
        loop {
            if let Some(span) = self.places.get(&path) {
                return *span;
            }
            if path.pop().is_none() {
                return Span::at(0);
            }
        }
    }

    /// Whether a name is used as the value of a key, anywhere afterwards.
    pub(crate) fn uses(&self, keys: &[&str], name: &str) -> Option<String> {
        fn walk(value: &Json, keys: &[&str], name: &str, path: &str) -> Option<String> {
            let is_it = |it: &Json| it.as_str() == Some(name);
            object(value)?.iter().find_map(|(key, value)| {
                let inner = format!("{path}{key}");
                let listed = value.as_array().is_some_and(|it| it.iter().any(is_it));
                match keys.contains(&key.as_str()) && (is_it(value) || listed) {
                    true => Some(inner),
                    false => walk(value, keys, name, &format!("{inner}.")),
                }
            })
        }
        walk(&self.after, keys, name, "")
    }
}

/// The value of a path of keys; null where there is none.
pub(crate) fn at<'a>(value: &'a Json, path: &[&str]) -> &'a Json {
    path.iter().try_fold(value, |it, key| it.get(key)).unwrap_or(&NOTHING)
}

pub(crate) fn text_of<'a>(value: &'a Json, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

pub(crate) fn is_true(value: &Json, key: &str) -> bool {
    value.get(key).is_some_and(|it| it.as_bool() == Some(true))
}

/// The texts of a list.
pub(crate) fn list<'a>(value: &'a Json, key: &str) -> Vec<&'a str> {
    let items = value.get(key).and_then(Json::as_array);
    items.into_iter().flatten().filter_map(Json::as_str).collect()
}

/// A number with its unit, in seconds or bytes: `90d`, `10 MB`.
pub(crate) fn amount(value: &Json, key: &str) -> Option<f64> {
    let value = value.get(key)?;
    if let Some(number) = value.as_f64() {
        return Some(number);
    }
    let text = value.as_str()?;
    let digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let factor = match text[digits..].trim() {
        "s" | "B" | "" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => 1_024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        _ => return None,
    };
    text[..digits].parse::<f64>().ok().map(|it| it * factor)
}

/// The policies of something that is open to more than before, then and now, and how bad that is.
pub(crate) fn widened<'a>(was: &'a Json, now: &'a Json) -> Option<(&'a str, &'a str, Risk)> {
    let (before, after) = (text_of(was, "policy")?, text_of(now, "policy")?);
    let risk = if after == "public" { Risk::High } else { Risk::Medium };
    (width(after) > width(before)).then_some((before, after, risk))
}

/// How many people a word for access lets in; more is wider.
fn width(word: &str) -> u8 {
    match word {
        "deny" => 0,
        "own-row" => 1,
        "own-or-public" => 3,
        "signed-in" => 4,
        "public" => 5,
        _ => 2,
    }
}

/// Scheme and host of an address, which is all that is kept of what is in force; of a text without a
/// scheme, what is before its path.
pub(crate) fn host(address: &str) -> String {
    text::address::host(address)
        .unwrap_or_else(|| address.split(['/', '?', '#']).next().unwrap_or_default().to_owned())
}

fn object(value: &Json) -> Option<&Map<String, Json>> {
    value.as_object()
}

fn read(part: &Part, places: &mut BTreeMap<Vec<String>, Span>) -> Result<Json, Unreadable> {
    let documents = yaml::read(&part.text);
    if let Some(fault) = documents.faults.first() {
        let line = line_of(&part.text, fault.span.start as usize);
        let error = NotSql { message: "it is no YAML".to_owned(), line };
        return Err(Unreadable { part: part.name.clone(), error });
    }
    let root = documents.roots.first();
    Ok(root.map_or(Json::Null, |it| json(it, &mut Vec::new(), places)))
}

fn json(node: &Node<'_>, path: &mut Vec<String>, places: &mut BTreeMap<Vec<String>, Span>) -> Json {
    match &node.value {
        Value::Empty | Value::Unread => Json::Null,
        Value::Scalar(it) => match it.style {
            yaml::scalar::Style::Plain => plain(&it.text),
            _ => Json::String(it.text.to_string()),
        },
        Value::List(items) => {
            Json::Array(items.iter().map(|it| json(it, path, &mut BTreeMap::new())).collect())
        }
        Value::Map(pairs) => {
            let mut out = Map::new();
            for pair in pairs {
                let Value::Scalar(key) = &pair.key.value else { continue };
                path.push(key.text.to_string());
                places.insert(path.clone(), pair.span);
                out.insert(key.text.to_string(), json(&pair.value, path, places));
                path.pop();
            }
            Json::Object(out)
        }
    }
}

/// What a word without quotes is.
fn plain(text: &str) -> Json {
    match text {
        "" | "null" | "~" => Json::Null,
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        _ => match text.parse::<f64>().ok().and_then(serde_json::Number::from_f64) {
            Some(number) if text.bytes().all(|it| it.is_ascii_digit() || it == b'.') => {
                Json::Number(number)
            }
            _ => Json::String(text.to_owned()),
        },
    }
}

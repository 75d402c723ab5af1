//! `.specwright/required.json`: what a spec needs, for agents that read a file and no protocol.
//!
//! Both styles of keys are read: `auth` or `auth_providers`, `storage` or `buckets`.

use model::{Detection, Need, NeedKind};
use serde_json::{Map, Value as Json, json};

/// The file, below a workspace's root.
pub const FILE: &str = ".specwright/required.json";

/// What specs need, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Required {
    /// Why no backend is needed; `None` when one is.
    pub none: Option<String>,
    /// `tables`, `auth`, `storage` … each with its names, in order.
    pub names: Vec<(String, Vec<String>)>,
}

/// Other words for the keys.
const SYNONYMS: [(&str, &str); 6] = [
    ("auth_providers", "auth"),
    ("buckets", "storage"),
    ("cron", "schedules"),
    ("channels", "realtime"),
    ("models", "gateway"),
    ("deploy_targets", "deploy"),
];

impl Required {
    /// What all of `detections` need together.
    #[must_use]
    pub fn of(detections: &[&Detection]) -> Self {
        let reasons: Vec<&str> = detections
            .iter()
            .filter_map(|it| it.none.as_ref())
            .map(|it| it.reason.as_str())
            .collect();
        if !detections.is_empty() && reasons.len() == detections.len() {
            return Self { none: Some(reasons.join("; ")), names: Vec::new() };
        }
        let mut names = vec![("tables".to_owned(), Vec::new())];
        for detection in detections {
            let tables = detection.tables.iter().filter(|it| it.is_required());
            tables.for_each(|it| add(&mut names[0].1, &it.name));
        }
        for kind in NeedKind::ALL {
            let mut own = Vec::new();
            let needs = detections.iter().flat_map(|it| it.needs_of(kind));
            needs.filter(|it: &&Need| it.is_required()).for_each(|it| add(&mut own, &it.name));
            names.push((kind.word().to_owned(), own));
        }
        Self { none: None, names }
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let value = match &self.none {
            Some(reason) => json!({ "none": true, "reason": reason }),
            None => {
                let pairs = self.names.iter().map(|(key, names)| (key.clone(), json!(names)));
                Json::Object(
                    std::iter::once(("none".to_owned(), json!(false))).chain(pairs).collect(),
                )
            }
        };
        let text = serde_json::to_string_pretty(&value).expect("it has string keys");
        format!("{text}\n")
    }

    /// Reads a file of either style.
    ///
    /// # Errors
    /// In words, when it is no JSON object, or a key holds no names.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Json = serde_json::from_str(text).map_err(|it| it.to_string())?;
        let Json::Object(map) = value else { return Err("it is no object".to_owned()) };
        if map.get("none") == Some(&Json::Bool(true)) {
            let reason = map.get("reason").or_else(|| map.get("none_reason"));
            let reason = reason.and_then(Json::as_str).unwrap_or("no reason is given");
            return Ok(Self { none: Some(reason.to_owned()), names: Vec::new() });
        }
        let mut names = Vec::new();
        for (key, value) in &map {
            let word = SYNONYMS.iter().find(|it| it.0 == key).map_or(key.as_str(), |it| it.1);
            let is_known = word == "tables" || NeedKind::ALL.iter().any(|it| it.word() == word);
            if is_known {
                names.push((word.to_owned(), names_of(key, value)?));
            }
        }
        Ok(Self { none: None, names })
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|it| it == name) {
        names.push(name.to_owned());
    }
}

/// A list of names, of objects with a name, a mapping by name, or `true`.
fn names_of(key: &str, value: &Json) -> Result<Vec<String>, String> {
    let name = |it: &Json| -> Option<String> {
        it.as_str().or_else(|| it.get("name").and_then(Json::as_str)).map(str::to_owned)
    };
    match value {
        Json::Array(items) => items
            .iter()
            .map(|it| name(it).ok_or_else(|| format!("`{key}` holds something without a name")))
            .collect(),
        Json::Object(map) => Ok(Map::keys(map).cloned().collect()),
        Json::Null | Json::Bool(false) => Ok(Vec::new()),
        Json::Bool(true) => Ok(vec![key.to_owned()]),
        Json::String(it) => Ok(vec![it.clone()]),
        Json::Number(_) => Err(format!("`{key}` holds a number, not names")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_of_keys_are_read() {
        let text = r#"{"tables": [{"name": "users"}, "posts"], "auth_providers": ["google"], "buckets": {"avatars": {}}}"#;
        let names = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            Required::parse(text),
            Ok(Required {
                none: None,
                names: vec![
                    ("tables".to_owned(), names(&["users", "posts"])),
                    ("auth".to_owned(), names(&["google"])),
                    ("storage".to_owned(), names(&["avatars"])),
                ],
            })
        );
        assert!(Required::parse("[]").is_err());
        assert!(Required::parse(r#"{"tables": [1]}"#).is_err());
    }

    #[test]
    fn a_spec_without_a_backend_says_so_and_why() {
        let none =
            Required { none: Some("runs in the browser only".to_owned()), names: Vec::new() };
        assert_eq!(Required::parse(&none.text()), Ok(none));
    }
}

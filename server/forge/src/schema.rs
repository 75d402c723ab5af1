//! The JSON schema of `forge.yaml`, drawn from the types, and the way through it.

use crate::resources::Resources;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = schemars::schema_for!(Resources).to_value();
    schema["$id"] = Value::from(URL);
    schema["title"] = Value::from("forge.yaml");
    schema
});

/// Where editors without this server find the schema.
pub const URL: &str = "https://specwright.dev/forge.schema.json";

/// The whole schema.
#[must_use]
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// What a value must be.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Any names, each with a value of the schema.
    Map(&'static Value),
    /// These keys, the second list of which must be there.
    Object(&'static serde_json::Map<String, Value>, Vec<&'static str>),
    List(&'static Value),
    /// One of these words, each with what it means.
    Word(Vec<(&'static str, &'static str)>),
    /// A text, with the pattern that it must have and examples.
    Text(Option<&'static str>, Vec<&'static str>),
    Integer(Option<i64>, Option<i64>),
    Number,
    Bool,
}

/// Follows references, and leaves out that a value may be missing.
pub(crate) fn resolve(schema: &'static Value) -> &'static Value {
    let mut schema = schema;
    for _ in 0..8 {
        if let Some(name) = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
            schema = &SCHEMA["$defs"][name];
            continue;
        }
        let alternatives = schema["anyOf"].as_array();
        let real = alternatives.and_then(|all| all.iter().find(|it| it["type"] != "null"));
        match real {
            Some(it) => schema = it,
            None => break,
        }
    }
    schema
}

/// What a value of `schema` must be.
pub(crate) fn kind(schema: &'static Value) -> Kind {
    let schema = resolve(schema);
    if let Some(words) = words(schema) {
        return Kind::Word(words);
    }
    let kind = match &schema["type"] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).find(|it| *it != "null"),
        it => it.as_str(),
    };
    match kind {
        Some("object") => match schema["properties"].as_object() {
            Some(properties) => {
                let required = schema["required"].as_array();
                let required = required.into_iter().flatten().filter_map(Value::as_str);
                Kind::Object(properties, required.collect())
            }
            None => Kind::Map(&schema["additionalProperties"]),
        },
        Some("array") => Kind::List(&schema["items"]),
        Some("integer") => Kind::Integer(schema["minimum"].as_i64(), schema["maximum"].as_i64()),
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Bool,
        _ => {
            let examples = schema["examples"].as_array();
            let examples = examples.into_iter().flatten().filter_map(Value::as_str);
            Kind::Text(schema["pattern"].as_str(), examples.collect())
        }
    }
}

fn words(schema: &'static Value) -> Option<Vec<(&'static str, &'static str)>> {
    let mut out = Vec::new();
    let listed = |it: &'static Value| it["enum"].as_array().into_iter().flatten();
    out.extend(listed(schema).filter_map(Value::as_str).map(|it| (it, "")));
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        let docs = variant["description"].as_str().unwrap_or_default();
        out.extend(variant["const"].as_str().map(|it| (it, docs)));
        out.extend(listed(variant).filter_map(Value::as_str).map(|it| (it, docs)));
    }
    (!out.is_empty()).then_some(out)
}

/// Whether a text has the form of a pattern of the schema; patterns are compiled once.
pub(crate) fn is_match(pattern: &'static str, text: &str) -> bool {
    static COMPILED: Mutex<BTreeMap<&str, Regex>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let regex = compiled
        .entry(pattern)
        .or_insert_with(|| Regex::new(pattern).expect("the patterns of the types are sound"));
    regex.is_match(text)
}

/// What is said of a value: by its own place first, then by its type.
pub(crate) fn docs(schema: &'static Value) -> &'static str {
    let own = schema["description"].as_str();
    own.or_else(|| resolve(schema)["description"].as_str()).unwrap_or_default()
}

/// The schema of the value at `path`; `None` where nothing can stand.
pub(crate) fn at(path: &[String]) -> Option<&'static Value> {
    let mut schema: &'static Value = &SCHEMA;
    for step in path {
        schema = match kind(schema) {
            Kind::Map(values) => values,
            Kind::Object(properties, _) => properties.get(step)?,
            Kind::List(items) => items,
            _ => return None,
        };
    }
    Some(schema)
}

/// What the text at `schema` names, such as `secrets`; `None` when it names nothing.
pub(crate) fn reference(schema: &'static Value) -> Option<&'static str> {
    schema["x-reference"].as_str().or_else(|| resolve(schema)["x-reference"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_shipped_schema_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/forge.schema.json");
        let text = serde_json::to_string_pretty(schema()).expect("it is JSON");
        expect_test::expect_file![path].assert_eq(&format!("{text}\n"));
    }

    #[test]
    fn every_part_is_told() {
        fn walk(path: &str, schema: &'static Value, untold: &mut Vec<String>) {
            if docs(schema).is_empty() {
                untold.push(path.to_owned());
            }
            match kind(schema) {
                Kind::Object(properties, _) => {
                    for (name, it) in properties {
                        walk(&format!("{path}.{name}"), it, untold);
                    }
                }
                Kind::Map(it) => walk(&format!("{path}.*"), it, untold),
                _ => {}
            }
        }
        let mut untold = Vec::new();
        walk("", schema(), &mut untold);
        assert_eq!(untold, Vec::<String>::new());
    }
}

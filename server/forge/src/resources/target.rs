use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;

/// What a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A declared function.
    Function(String),
    /// A message to whoever listens.
    Event(String),
    Url(String),
}

const PATTERN: &str = r"^(functions/\S+|events/\S+|https://\S+)$";

impl Target {
    /// Reads `functions/digest`; `None` when it is no target.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let named = |it: &str| (!it.is_empty()).then(|| it.to_owned());
        if let Some(name) = text.strip_prefix("functions/") {
            return named(name).map(Self::Function);
        }
        if let Some(name) = text.strip_prefix("events/") {
            return named(name).map(Self::Event);
        }
        text.starts_with("https://").then(|| Self::Url(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("`functions/NAME` or an address"))
    }
}

impl JsonSchema for Target {
    fn schema_name() -> Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What runs: `functions/NAME`, `events/NAME`, or an `https://` address.",
            "type": "string",
            "pattern": PATTERN,
            "x-reference": "targets",
            "examples": ["functions/send-digest", "https://example.com/hook"],
        })
    }
}

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;

/// Who may see and write, in the words that `rls` has in migration specs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessWord {
    /// Everyone reads and writes.
    Public,
    /// Nobody but the service.
    Deny,
    /// Everyone who is signed in.
    SignedIn,
    /// Who made it.
    OwnRow,
    /// Who made it writes, everyone reads.
    OwnOrPublic,
    Role(String),
}

const PATTERN: &str =
    r"^(public|deny|signed-in|own-row|own-or-public|role\([A-Za-z_][A-Za-z0-9_-]*\))$";

/// The words, for completion.
const WORDS: [&str; 6] = ["own-row", "own-or-public", "signed-in", "public", "deny", "role(admin)"];

impl AccessWord {
    /// Reads `role(admin)`; `None` when it is no policy.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "public" => Self::Public,
            "deny" => Self::Deny,
            "signed-in" => Self::SignedIn,
            "own-row" => Self::OwnRow,
            "own-or-public" => Self::OwnOrPublic,
            other => {
                let role = other.strip_prefix("role(")?.strip_suffix(')')?;
                Self::Role(Some(role).filter(|it| !it.is_empty())?.to_owned())
            }
        })
    }
}

impl<'de> Deserialize<'de> for AccessWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a word such as `own-row`"))
    }
}

impl JsonSchema for AccessWord {
    fn schema_name() -> Cow<'static, str> {
        "AccessWord".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Who may see and write: `own-row`, `own-or-public`, `signed-in`, `public`, `deny` or `role(NAME)`.",
            "type": "string",
            "pattern": PATTERN,
            "examples": WORDS,
        })
    }
}

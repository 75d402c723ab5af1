use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;

/// A length of time, written as a number and `s`, `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub seconds: u64,
}

/// A number of bytes, written as a number and `B`, `KB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes {
    pub count: u64,
}

const PERIOD: &str = r"^[0-9]{1,6} ?[smhd]$";
const BYTES: &str = r"^[0-9]{1,6}(\.[0-9]{1,3})? ?([KMG]i?)?B$";

impl Period {
    /// Reads `90d`; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().next_back()?;
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        let factor = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        Some(Self { seconds: number.checked_mul(factor)? })
    }
}

impl Bytes {
    /// Reads `10MB`; `None` when it is none.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10^6 GiB")]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
        let number: f64 = text[..digits].parse().ok().filter(|it| *it < 1e6)?;
        let factor = match text[digits..].trim() {
            "B" => 1.0,
            "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            "GiB" => 1024.0 * 1024.0 * 1024.0,
            _ => return None,
        };
        Some(Self { count: (number * factor) as u64 })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a number and `s`, `m`, `h` or `d`"))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a number and `KB`, `MB` or `GB`"))
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A length of time: a number and `s`, `m`, `h` or `d`.",
            "type": "string",
            "pattern": PERIOD,
            "examples": ["15m", "24h", "90d"],
        })
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of bytes: a number and `KB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.",
            "type": "string",
            "pattern": BYTES,
            "examples": ["500KB", "10MB", "1GiB"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_their_units() {
        assert_eq!(Period::parse("90d"), Some(Period { seconds: 7_776_000 }));
        assert_eq!(Period::parse("90"), None);
        assert_eq!(Bytes::parse("10 MB"), Some(Bytes { count: 10_000_000 }));
        assert_eq!(Bytes::parse("1.5KiB"), Some(Bytes { count: 1536 }));
        assert_eq!(Bytes::parse("10 apples"), None);
    }
}

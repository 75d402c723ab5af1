use super::Layer;
use model::{Severity, Span};

/// A value before it is known what it should be, from TOML or JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raw {
    /// Place in the file; none for what an editor sent.
    pub(crate) span: Option<Span>,
    pub(crate) kind: RawKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawKind {
    Bool(bool),
    Text(String),
    Number(f64),
    List(Vec<Raw>),
    Table(Vec<(Name, Raw)>),
    Other,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Option<Span>,
}

/// What is wrong with a settings source; the rest of the source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub layer: Layer,
    /// Place in the file; `None` for what an editor sent.
    pub span: Option<Span>,
    /// [`Severity::Error`] when a value was dropped that somebody counts on.
    pub severity: Severity,
    pub message: String,
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn error(span: Option<Span>, message: String) -> Self {
        Self { layer: Layer::Editor, span, severity: Severity::Error, message, help: None }
    }

    pub(crate) fn warning(span: Option<Span>, message: String) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    pub(crate) fn help(self, help: String) -> Self {
        Self { help: Some(help), ..self }
    }
}

pub(crate) fn from_toml(text: &str) -> Result<Raw, Problem> {
    match toml::de::DeTable::parse(text) {
        Ok(table) => Ok(toml_table(table.get_ref(), Some(span(table.span())))),
        Err(error) => {
            let message = error.message().lines().next().unwrap_or("malformed TOML").to_owned();
            Err(Problem::error(error.span().map(span), message).help("correct the TOML".to_owned()))
        }
    }
}

fn toml_table(table: &toml::de::DeTable<'_>, at: Option<Span>) -> Raw {
    let entries = table.iter().map(|(key, value)| {
        let name = Name { text: key.get_ref().to_string(), span: Some(span(key.span())) };
        (name, toml_value(value))
    });
    let mut entries: Vec<(Name, Raw)> = entries.collect();
    entries.sort_by_key(|(name, _)| name.span);
    Raw { span: at, kind: RawKind::Table(entries) }
}

fn toml_value(value: &toml::Spanned<toml::de::DeValue<'_>>) -> Raw {
    use toml::de::DeValue;
    let at = Some(span(value.span()));
    let kind = match value.get_ref() {
        DeValue::Boolean(it) => RawKind::Bool(*it),
        DeValue::String(it) => RawKind::Text(it.to_string()),
        DeValue::Array(it) => RawKind::List(it.iter().map(toml_value).collect()),
        DeValue::Table(it) => return toml_table(it, at),
        DeValue::Integer(it) => number(&it.to_string()),
        DeValue::Float(it) => number(it.as_str()),
        DeValue::Datetime(_) => RawKind::Other,
    };
    Raw { span: at, kind }
}

/// In the digits of TOML; hexadecimal and its like are no amounts.
fn number(digits: &str) -> RawKind {
    digits.replace('_', "").parse().map_or(RawKind::Other, RawKind::Number)
}

pub(crate) fn from_json(value: &serde_json::Value) -> Raw {
    use serde_json::Value;
    let kind = match value {
        Value::Null => RawKind::Table(Vec::new()),
        Value::Number(it) => it.as_f64().map_or(RawKind::Other, RawKind::Number),
        Value::Bool(it) => RawKind::Bool(*it),
        Value::String(it) => RawKind::Text(it.clone()),
        Value::Array(it) => RawKind::List(it.iter().map(from_json).collect()),
        Value::Object(it) => RawKind::Table(
            it.iter().filter(|(_, value)| !value.is_null()).map(json_entry).collect(),
        ),
    };
    Raw { span: None, kind }
}

fn json_entry((key, value): (&String, &serde_json::Value)) -> (Name, Raw) {
    (Name { text: kebab(key), span: None }, from_json(value))
}

/// Editors write `inlayHints` where files write `inlay-hints`.
fn kebab(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    for it in key.chars() {
        if it.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(it.to_ascii_lowercase());
    }
    out
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

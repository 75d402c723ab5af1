//! A column of a spec in the column language, with a type chosen where the spec names none.

use crate::evidence::Mark;
use migrate::language;
use migrate::schema::Type;
use model::Column;

/// A column to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    /// Behind the name.
    pub(super) clauses: Vec<String>,
    pub(super) mark: Option<Mark>,
    /// What was chosen, and why.
    pub(super) chosen: Option<String>,
    /// The table that it points at.
    pub(super) target: Option<String>,
}

impl Draft {
    pub(super) fn new(name: &str, clauses: &[&str]) -> Self {
        let clauses = clauses.iter().map(|it| (*it).to_owned()).collect();
        Self { name: name.to_owned(), clauses, mark: None, chosen: None, target: None }
    }

    pub(super) fn chosen(mut self, why: impl Into<String>) -> Self {
        self.chosen = Some(why.into());
        self
    }

    pub(super) fn is_key(&self) -> bool {
        self.clauses.iter().any(|it| it == "pk")
    }

    /// As it stands in a list of columns.
    pub(super) fn words(&self) -> String {
        let mut out = language::name_in_words(&self.name);
        for it in &self.clauses {
            out += &format!(" {it}");
        }
        out
    }

    /// `PRD.md:12 "…" (chosen: …)`.
    pub(super) fn comment(&self) -> Option<String> {
        comment(self.mark.as_ref(), self.chosen.as_deref())
    }
}

/// What stands behind a line: its proof, and what was chosen.
pub(super) fn comment(mark: Option<&Mark>, chosen: Option<&str>) -> Option<String> {
    match (mark, chosen) {
        (Some(mark), Some(chosen)) => Some(format!("{mark} (chosen: {chosen})")),
        (Some(mark), None) => Some(mark.to_string()),
        (None, Some(chosen)) => Some(format!("chosen: {chosen}")),
        (None, None) => None,
    }
}

/// A type as the language writes it, and why it was chosen where the spec does not say it.
pub(super) struct TypeWord {
    pub(super) word: String,
    pub(super) why: Option<String>,
}

/// The type of a column that is no reference.
pub(super) fn type_of(column: &Column) -> TypeWord {
    if !column.values.is_empty() {
        let words = column.values.iter().map(|it| language::enum_word(it));
        return TypeWord {
            word: format!("enum({})", words.collect::<Vec<_>>().join(" | ")),
            why: None,
        };
    }
    let Some(said) = column.ty.as_deref() else { return by_name(&column.name) };
    let plain = said.trim().to_ascii_lowercase();
    if language::type_of(&plain).is_some() {
        return TypeWord { word: plain, why: None };
    }
    let base = plain.split(['(', ' ', '[']).next().unwrap_or_default();
    match language::type_like(base) {
        Some(word) => TypeWord {
            word: word.to_owned(),
            why: Some(format!("{word} for `{}`", shortened(said))),
        },
        None => {
            let TypeWord { word, .. } = by_name(&column.name);
            let why = format!("{word}, as `{}` is no type", shortened(said));
            TypeWord { word, why: Some(why) }
        }
    }
}

fn shortened(said: &str) -> String {
    said.chars().filter(|it| !it.is_control()).take(24).collect()
}

/// Endings of names, and what such columns usually hold; the first that fits counts.
const BY_ENDING: &[(&str, &str)] = &[
    ("_at", "timestamptz"),
    ("_on", "date"),
    ("_date", "date"),
    ("_time", "time"),
    ("_id", "uuid"),
    ("_ids", "uuid[]"),
    ("_cents", "integer"),
    ("_count", "integer"),
    ("_minutes", "integer"),
    ("_seconds", "integer"),
    ("_days", "integer"),
    ("_hours", "numeric(8,2)"),
    ("_price", "numeric(12,2)"),
    ("_amount", "numeric(12,2)"),
    ("_cost", "numeric(12,2)"),
    ("_total", "numeric(12,2)"),
    ("_rate", "numeric(12,4)"),
    ("_percent", "numeric(5,2)"),
    ("_number", "integer"),
    ("_json", "json"),
];

/// Whole names, and what such columns usually hold.
const BY_NAME: &[(&[&str], &str)] = &[
    (&["id"], "uuid"),
    (&["date", "birthday", "birthdate", "deadline", "due"], "date"),
    (&["timestamp", "expires"], "timestamptz"),
    (&["time"], "time"),
    (
        &[
            "price", "amount", "total", "cost", "balance", "fee", "deposit", "salary", "budget",
            "subtotal", "tax",
        ],
        "numeric(12,2)",
    ),
    (&["weight", "height", "width", "length", "distance"], "numeric(12,3)"),
    (
        &[
            "quantity", "qty", "count", "age", "year", "stars", "rating", "score", "points",
            "position", "priority", "level", "rank", "capacity", "stock", "duration", "port",
            "version",
        ],
        "integer",
    ),
    (&["lat", "lng", "lon", "latitude", "longitude"], "double"),
    (
        &[
            "active",
            "enabled",
            "disabled",
            "published",
            "completed",
            "done",
            "verified",
            "archived",
            "public",
            "paid",
            "read",
            "visible",
            "deleted",
            "approved",
            "featured",
            "closed",
            "resolved",
        ],
        "boolean",
    ),
    (
        &[
            "metadata",
            "settings",
            "preferences",
            "payload",
            "data",
            "options",
            "config",
            "attributes",
            "embedding",
        ],
        "json",
    ),
    (&["tags", "labels"], "text[]"),
];

fn by_name(name: &str) -> TypeWord {
    let told = |word: &str, why: String| TypeWord { word: word.to_owned(), why: Some(why) };
    if let Some((_, word)) = BY_NAME.iter().find(|it| it.0.contains(&name)) {
        return told(word, format!("{word}, by its name"));
    }
    if ["is_", "has_", "can_", "allows_"].iter().any(|it| name.starts_with(it)) {
        return told("boolean", "boolean, by its name".to_owned());
    }
    if let Some((ending, word)) = BY_ENDING.iter().find(|it| name.ends_with(it.0)) {
        return told(word, format!("{word}, as it ends in {ending}"));
    }
    told("text", "text, as no type is named".to_owned())
}

/// Whether both engines can hold a type; for answers and tests.
pub(super) fn is_whole_number(word: &str) -> bool {
    matches!(language::type_of(word), Some(Type::Integer | Type::BigInt | Type::SmallInt))
}

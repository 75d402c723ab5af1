//! Names that nobody wrote, and which names can be used at all.

/// PostgreSQL cuts identifiers behind this many bytes.
pub(crate) const NAME_BYTES_MAX: usize = 63;

/// What a softly dropped table or column is renamed to starts with this.
pub const DROPPED: &str = "__dropped_";

/// Joins `parts` with `_`; too long a name is cut and ends in eight digits of its hash.
pub(crate) fn derive(parts: &[&str]) -> String {
    shorten(parts.join("_"))
}

pub(crate) fn shorten(name: String) -> String {
    if name.len() <= NAME_BYTES_MAX {
        return name;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let mut end = NAME_BYTES_MAX - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{}", &name[..end], &hash[..8])
}

/// The name of a table or column after it was dropped softly by `migration`.
pub(crate) fn dropped(migration: &str, name: &str) -> String {
    let digits = migration.bytes().take_while(u8::is_ascii_digit).count();
    let short = if digits == 0 { migration } else { &migration[..digits] };
    shorten(format!("{DROPPED}{short}_{name}"))
}

/// Whether `current` is what [`dropped`] made of `name` in some migration.
pub(crate) fn is_dropped(current: &str, name: &str) -> bool {
    let Some(rest) = current.strip_prefix(DROPPED) else { return false };
    rest.strip_suffix(name).is_some_and(|it| it.ends_with('_'))
}

/// Why a name cannot be used, as a fragment after it.
pub(crate) fn fault(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if name.trim().is_empty() {
        Some("is empty".to_owned())
    } else if name.chars().any(char::is_control) {
        Some("has control characters".to_owned())
    } else if name.len() > NAME_BYTES_MAX {
        Some(format!("has {} bytes: PostgreSQL keeps {NAME_BYTES_MAX}", name.len()))
    } else {
        let prefix = ["__", "sqlite_", "pg_"].into_iter().find(|it| lower.starts_with(it))?;
        Some(format!("starts with `{prefix}`, which is reserved"))
    }
}

/// Whether a query needs quotes around `name` on one of the engines.
///
/// Source: the reserved words of PostgreSQL 18 (appendix C) and SQLite's keyword list, less those
/// that both take for a column or a table without quotes.
pub(crate) fn is_keyword(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    KEYWORDS.binary_search(&lower.as_str()).is_ok()
}

const KEYWORDS: &[&str] = &[
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "between",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "constraint",
    "create",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "index",
    "initially",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "set",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

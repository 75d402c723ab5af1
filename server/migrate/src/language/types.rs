//! Words for types, and which of the schema's types they mean.

use crate::schema::Type;
use text::suggest;
use tree_sitter::Node;

/// A type that is none.
pub(super) struct Unknown {
    pub(super) message: String,
    /// What was probably meant.
    pub(super) instead: Option<String>,
}

/// Arrays of arrays and deeper are not read.
const ARRAY_DEPTH_MAX: usize = 1;
const ENUM_WORDS_MAX: usize = 256;
const PRECISION_MAX: u16 = 1000;
const VECTOR_MAX: u32 = 16_000;
const VARCHAR_MAX: u32 = 10_485_760;

/// Words that stand alone, each with its type; the first word of a type is how it is written.
const WORDS: &[(&str, Type)] = &[
    ("uuid", Type::Uuid),
    ("text", Type::Text),
    ("smallint", Type::SmallInt),
    ("integer", Type::Integer),
    ("bigint", Type::BigInt),
    ("numeric", Type::Numeric(None)),
    ("real", Type::Real),
    ("double", Type::Double),
    ("boolean", Type::Boolean),
    ("date", Type::Date),
    ("time", Type::Time),
    ("timestamp", Type::Timestamp),
    ("timestamptz", Type::TimestampTz),
    ("json", Type::Json),
    ("bytes", Type::Bytes),
    ("int", Type::Integer),
    ("int2", Type::SmallInt),
    ("int4", Type::Integer),
    ("int8", Type::BigInt),
    ("decimal", Type::Numeric(None)),
    ("float4", Type::Real),
    ("float8", Type::Double),
    ("float", Type::Double),
    ("double precision", Type::Double),
    ("bool", Type::Boolean),
    ("jsonb", Type::Json),
    ("bytea", Type::Bytes),
    ("blob", Type::Bytes),
    ("timestamp with time zone", Type::TimestampTz),
    ("timestamp without time zone", Type::Timestamp),
    ("time without time zone", Type::Time),
];

/// Words of other systems that are near none of ours by spelling.
const FOREIGN: &[(&str, &str)] = &[
    ("string", "text"),
    ("str", "text"),
    ("char", "text"),
    ("character", "text"),
    ("citext", "text"),
    ("varchar", "text"),
    ("nvarchar", "text"),
    ("character varying", "text"),
    ("datetime", "timestamptz"),
    ("number", "numeric"),
    ("money", "numeric(12,2)"),
    ("long", "bigint"),
    ("guid", "uuid"),
    ("serial", "integer identity"),
    ("bigserial", "bigint identity"),
    ("binary", "bytes"),
    ("object", "json"),
    ("array", "json"),
    ("email", "text"),
    ("url", "text"),
];

/// Words that start a type, for completion and suggestions.
pub fn words() -> impl Iterator<Item = &'static str> {
    let plain = WORDS.iter().map(|it| it.0);
    plain.chain(["varchar(255)", "numeric(10,2)", "enum(a | b)", "vector(1536)"])
}

/// The type that a text means, in small letters; `None` when it means none.
#[must_use]
pub fn type_of(text: &str) -> Option<Type> {
    let column = format!("x {text}");
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&super::grammar::COLUMN.into())
        .expect("the grammar's ABI is the library's");
    let tree = parser.parse(&column, None)?;
    let node = tree.root_node().named_child(0)?.child_by_field_name("type")?;
    let is_whole = !tree.root_node().has_error() && node.end_byte() == column.len();
    if is_whole { read(node, &column).ok() } else { None }
}

/// The type, as the language writes it, for a word of another system that means one: `text` for
/// `string`. `None` when nobody calls a type so.
#[must_use]
pub fn type_like(word: &str) -> Option<&'static str> {
    let found = FOREIGN.iter().find(|it| it.0 == word)?.1;
    // What makes the values is no part of a type.
    Some(found.trim_end_matches(" identity"))
}

/// Reads a `type` node of the column grammar.
pub(super) fn read(node: Node<'_>, text: &str) -> Result<Type, Unknown> {
    let mut cursor = node.walk();
    let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    let name = children.iter().find(|it| it.kind() == "type_name");
    let words = name.map_or("", |it| &text[it.byte_range()]);
    let name: String = words.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let arguments = children.iter().find(|it| it.kind() == "arguments");
    let arguments = arguments.map(|it| argument_texts(*it, text)).unwrap_or_default();
    let base = base(&name, &arguments)?;
    let depth = children.iter().filter(|it| it.kind() == "array").count();
    match depth {
        0 => Ok(base),
        1..=ARRAY_DEPTH_MAX => Ok(Type::Array(Box::new(base))),
        _ => Err(refuse("lists of lists are not in the language: use `json`", "json")),
    }
}

/// Numbers and words as they are, texts without their quotes.
fn argument_texts(node: Node<'_>, text: &str) -> Vec<String> {
    let mut cursor = node.walk();
    let children = node.named_children(&mut cursor);
    children
        .map(|it| {
            let word = &text[it.byte_range()];
            match word.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
                Some(inner) => inner.replace("''", "'"),
                None => word.to_owned(),
            }
        })
        .collect()
}

fn refuse(message: impl Into<String>, instead: &str) -> Unknown {
    let instead = (!instead.is_empty()).then(|| instead.to_owned());
    Unknown { message: message.into(), instead }
}

fn base(name: &str, arguments: &[String]) -> Result<Type, Unknown> {
    match (name, arguments) {
        ("varchar" | "character varying", [length]) => number(length, VARCHAR_MAX)
            .map(Type::Varchar)
            .ok_or_else(|| refuse(format!("`varchar` holds 1 to {VARCHAR_MAX} characters"), "")),
        ("vector", [length]) => number(length, VECTOR_MAX)
            .map(Type::Vector)
            .ok_or_else(|| refuse(format!("a vector has 1 to {VECTOR_MAX} numbers"), "")),
        ("vector", _) => Err(refuse("a vector has a length: `vector(1536)`", "vector(1536)")),
        ("numeric" | "decimal", [precision]) => numeric(precision, "0"),
        ("numeric" | "decimal", [precision, scale]) => numeric(precision, scale),
        ("enum", words) => enumeration(words),
        (_, []) => plain(name),
        _ => match plain(name) {
            Ok(_) => Err(refuse(format!("`{name}` takes nothing in brackets"), name)),
            Err(unknown) => Err(unknown),
        },
    }
}

fn number(text: &str, max: u32) -> Option<u32> {
    text.parse().ok().filter(|it| (1..=max).contains(it))
}

fn numeric(precision: &str, scale: &str) -> Result<Type, Unknown> {
    let precision = precision.parse().ok().filter(|it| (1..=PRECISION_MAX).contains(it));
    let scale: Option<u16> = scale.parse().ok();
    match (precision, scale) {
        (Some(precision), Some(scale)) if scale <= precision => {
            Ok(Type::Numeric(Some((precision, scale))))
        }
        _ => {
            let message = format!(
                "`numeric(p,s)` has 1 to {PRECISION_MAX} digits, and no more than that after the point"
            );
            Err(refuse(message, ""))
        }
    }
}

fn enumeration(words: &[String]) -> Result<Type, Unknown> {
    let mut seen = std::collections::BTreeSet::new();
    if words.is_empty() || words.len() > ENUM_WORDS_MAX {
        let message =
            format!("an enum lists its words, up to {ENUM_WORDS_MAX}: `enum(draft | published)`");
        return Err(refuse(message, ""));
    }
    match words.iter().find(|it| !seen.insert(it.as_str())) {
        Some(twice) => Err(refuse(format!("the enum lists `{twice}` twice"), "")),
        None => Ok(Type::Enum(words.to_vec())),
    }
}

fn plain(name: &str) -> Result<Type, Unknown> {
    if let Some((_, found)) = WORDS.iter().find(|it| it.0 == name) {
        return Ok(found.clone());
    }
    let foreign = FOREIGN.iter().find(|it| it.0 == name).map(|it| it.1);
    match foreign.or_else(|| nearest(name)) {
        Some(word) => {
            Err(refuse(format!("`{name}` is no type of the language: `{word}` is"), word))
        }
        None => Err(refuse(format!("`{name}` is no type of the language"), "")),
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    let ours = WORDS.iter().map(|it| it.0).chain(["varchar", "enum"]);
    let word = suggest::nearest(name, ours.chain(FOREIGN.iter().map(|it| it.0)))?;
    let foreign = FOREIGN.iter().find(|it| it.0 == word);
    Some(foreign.map_or(word, |it| it.1))
}

/// How the language writes a type.
#[must_use]
pub fn write(kind: &Type) -> String {
    match kind {
        Type::Varchar(n) => format!("varchar({n})"),
        Type::Vector(n) => format!("vector({n})"),
        Type::Numeric(Some((precision, 0))) => format!("numeric({precision})"),
        Type::Numeric(Some((precision, scale))) => format!("numeric({precision},{scale})"),
        Type::Array(inner) => format!("{}[]", write(inner)),
        Type::Enum(words) => {
            let words: Vec<String> = words.iter().map(|it| enum_word(it)).collect();
            format!("enum({})", words.join(" | "))
        }
        plain => {
            let word = WORDS.iter().find(|it| it.1 == *plain);
            word.map_or("text", |it| it.0).to_owned()
        }
    }
}

/// A word of an enum as the language writes it: one that needs no quotes stays as it is.
#[must_use]
pub fn enum_word(word: &str) -> String {
    let mut letters = word.chars();
    let starts = letters.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    if starts && letters.all(|it| it.is_ascii_alphanumeric() || it == '_') {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "''"))
    }
}

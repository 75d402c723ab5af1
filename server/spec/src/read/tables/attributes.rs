//! What the words beside a column say: keys, nullability, references, values and type.

use super::names;
use crate::facts::ColumnFact;
use crate::pattern::compile;
use model::Span;
use regex::Regex;
use std::sync::LazyLock;

/// A column of which only the name is known.
pub(super) fn column(name: &str, span: Span) -> ColumnFact {
    ColumnFact {
        name: names::snake(name),
        ty: None,
        primary: false,
        unique: false,
        nullable: None,
        references: None,
        values: Vec::new(),
        span,
    }
}

/// Reads notes in free form ("PK", "FK → groups.id", "unique, not null", "外键") into `column`.
pub(super) fn apply(column: &mut ColumnFact, notes: &str) {
    const NOTES_BYTES_MAX: usize = 600;
    let notes = &notes[..notes.floor_char_boundary(NOTES_BYTES_MAX)];
    let lower = notes.to_lowercase();
    column.primary |= PRIMARY.is_match(&lower);
    column.unique |= UNIQUE.is_match(&lower);
    if NULLABLE.is_match(&lower) {
        column.nullable = Some(true);
    } else if REQUIRED.is_match(&lower) {
        column.nullable = Some(false);
    }
    if column.references.is_none() {
        column.references = reference(notes);
    }
    if column.values.is_empty() {
        column.values = values(notes);
    }
}

/// The table and column that `notes` points at, canonical.
pub(super) fn reference(notes: &str) -> Option<(String, Option<String>)> {
    let found = REFERENCE.captures(notes).or_else(|| ARROW.captures(notes))?;
    let table = found.get(1)?.as_str();
    if STOP.contains(&table.to_lowercase().as_str()) {
        return None;
    }
    let column = found.get(2).map(|it| names::snake(it.as_str()));
    Some((target(table), column))
}

/// The canonical name of a referenced table as it is written.
pub(super) fn target(table: &str) -> String {
    let table = table.rsplit('.').next().unwrap_or(table);
    let lower = names::snake(table);
    // A name in small letters stands in the database as it is, but references to `user` and
    // `users` are the same: the judge compares in the singular.
    if table.chars().any(char::is_uppercase) { names::plural(&lower) } else { lower }
}

/// The closed list of values in `notes`; empty when there is none.
pub(super) fn values(notes: &str) -> Vec<String> {
    const VALUES_MAX: usize = 40;
    for pattern in [&*ENUM_LIST, &*CHECK_LIST, &*PIPES, &*SLASHES] {
        if let Some(list) = pattern.captures(notes).and_then(|it| it.get(1).or(it.get(2))) {
            let out = split_values(list.as_str());
            let says_enum = list
                .as_str()
                .trim_start()
                .get(..5)
                .is_some_and(|it| it.eq_ignore_ascii_case("enum:"));
            let are_notes = !says_enum && out.iter().any(|it| is_note(it));
            if (2..=VALUES_MAX).contains(&out.len()) && !are_notes {
                return out;
            }
        }
    }
    Vec::new()
}

/// Words in brackets behind a field that say something of it instead of listing its values.
fn is_note(word: &str) -> bool {
    let lower = word.to_lowercase();
    is_type(word)
        || PRIMARY.is_match(&lower)
        || UNIQUE.is_match(&lower)
        || NULLABLE.is_match(&lower)
        || REQUIRED.is_match(&lower)
        || word.split_whitespace().count() > 3
        || word.bytes().all(|it| it.is_ascii_digit())
        || ["fk", "default", "max", "min", "foreign", "e.g", "z. b", "index", "see ", "list"]
            .iter()
            .any(|it| lower.starts_with(it))
}

fn split_values(list: &str) -> Vec<String> {
    let separators: &[char] =
        if list.contains('|') { &['|'] } else { &[',', '/', '、', '，', '／', ';'] };
    let trims: &[char] = &['\'', '"', '`', ' ', '“', '”', '‘', '’', '\n'];
    // "enum: draft, sent" says what it is first.
    let list = list.trim_start();
    let list = list.strip_prefix("enum:").or_else(|| list.strip_prefix("Enum:")).unwrap_or(list);
    list.split(separators)
        .map(|it| it.trim_matches(trims))
        .filter(|it| !it.is_empty() && it.len() <= 40 && !it.ends_with('…') && *it != "...")
        .map(str::to_owned)
        .collect()
}

/// Whether a word is the name of a column type in SQL or a common language.
pub(super) fn is_type(word: &str) -> bool {
    let base = word.split(['(', '<', '[', '?', '|', ' ']).next().unwrap_or(word).to_lowercase();
    const TYPES: &[&str] = &[
        "uuid",
        "text",
        "string",
        "str",
        "varchar",
        "char",
        "character",
        "int",
        "integer",
        "bigint",
        "smallint",
        "tinyint",
        "serial",
        "bigserial",
        "float",
        "double",
        "decimal",
        "numeric",
        "real",
        "number",
        "boolean",
        "bool",
        "date",
        "datetime",
        "timestamp",
        "timestamptz",
        "time",
        "json",
        "jsonb",
        "blob",
        "bytea",
        "enum",
        "array",
        "object",
        "objectid",
        "list",
        "map",
        "fk",
        "pk",
        "vector",
        "interval",
        "money",
        "inet",
        "cuid",
        "id",
        "any",
        "long",
        "short",
        "byte",
        "bytes",
        "binary",
        "point",
        "geography",
        "geometry",
        "citext",
        "url",
        "email",
        "markdown",
        "i32",
        "i64",
        "u32",
        "u64",
        "f64",
        "string[]",
        "v.string",
        "dict",
        "optional",
        "texte",
        "entier",
        "booléen",
        "texto",
        "entero",
        "booleano",
        "inteiro",
        "строка",
        "число",
        "дата",
        "文本",
        "字符串",
        "整数",
        "文字列",
        "日時",
        "数値",
        "문자열",
        "정수",
        "날짜",
        "zahl",
        "datum",
        "teks",
        "angka",
        "tanggal",
        "longtext",
        "mediumtext",
        "nvarchar",
        "reference",
        "ref",
        "relation",
        "ulid",
    ];
    TYPES.contains(&base.as_str())
}

/// The type that a note or cell opens with, its sizes in brackets included; `None` for a key.
pub(super) fn leading_type(notes: &str) -> Option<String> {
    let notes = notes.trim_start_matches(['(', '（', ':', '：', ' ', '[', '-', '`', '—', '–']);
    let end = notes
        .find([' ', ',', '(', '（', ')', '）', ';', '`', '，', ']', '|'])
        .unwrap_or(notes.len());
    let word = notes[..end].trim_end_matches('?');
    if word.is_empty() || !is_type(word) || is_key(word) {
        return None;
    }
    let size = notes[end..].strip_prefix('(').and_then(|it| it.split_once(')')).map(|it| it.0);
    let size = size.filter(|it| it.bytes().all(|it| it.is_ascii_digit() || b", ".contains(&it)));
    let size = size.map_or_else(String::new, |it| format!("({it})"));
    Some(word.to_lowercase() + &size)
}

/// The type that a cell gives, up to the first comma outside brackets; `None` when it names a key.
pub(super) fn cell_type(cell: &str) -> Option<String> {
    let mut depth = 0_i32;
    let end = cell.char_indices().find(|(_, it)| {
        match it {
            '(' | '（' | '[' | '<' => depth += 1,
            ')' | '）' | ']' | '>' => depth -= 1,
            _ => {}
        }
        depth <= 0 && matches!(it, ',' | ';')
    });
    let ty = cell[..end.map_or(cell.len(), |it| it.0)].trim().to_lowercase();
    let word = ty.split(['(', '（', ' ', '→']).next().unwrap_or_default();
    (!ty.is_empty() && !is_key(word)).then_some(ty)
}

fn is_key(word: &str) -> bool {
    ["pk", "fk", "uk", "key", "primary", "foreign", "unique", "index"]
        .iter()
        .any(|it| word.eq_ignore_ascii_case(it))
}

/// Whether a type is written as code has it, and not in the words of a language.
pub(super) fn is_technical(ty: &str) -> bool {
    const WORDS: &[&str] = &[
        "uuid",
        "string",
        "varchar",
        "char",
        "int",
        "integer",
        "bigint",
        "smallint",
        "tinyint",
        "serial",
        "float",
        "double",
        "decimal",
        "numeric",
        "boolean",
        "bool",
        "datetime",
        "timestamp",
        "timestamptz",
        "json",
        "jsonb",
        "blob",
        "enum",
        "text",
        "date",
        "time",
        "longtext",
        "number",
        "objectid",
    ];
    let word = ty.split(['(', ' ', '[']).next().unwrap_or(ty);
    WORDS.contains(&word)
}

/// Words behind "references" that are no table.
const STOP: &[&str] = &[
    "the",
    "a",
    "an",
    "to",
    "key",
    "keys",
    "on",
    "in",
    "by",
    "of",
    "for",
    "is",
    "are",
    "not",
    "null",
    "and",
    "or",
    "with",
    "from",
    "column",
    "constraint",
    "constraints",
    "table",
    "optional",
    "this",
    "that",
    "other",
    "id",
    "cascade",
    "indexed",
    "index",
    "unique",
    "required",
    "nullable",
    "int",
    "uuid",
    "string",
    "text",
    "bigint",
];

static PRIMARY: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\bprimary[\s_]*key\b|\bpk\b|@id\b|\bprimary\b|primärschlüssel|clé primaire|clave primaria",
        r"|chave primária|llave primaria|первичный ключ|kunci utama|主键|主キー|기본\s*키|기본키",
    ))
});
static UNIQUE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\bunique\b|\buk\b|@unique\b|eindeutig|único|única|уникальн|\bunik\b|唯一|一意|ユニーク|유니크|고유",
    )
});
static NULLABLE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\bnullable\b|\boptional\b|null\s*=\s*true|optionnel|opcional|необязател|\bopsional\b|可为空|可空|可选|null許容|任意|선택|nullish|\bnull ok\b",
    )
});
static REQUIRED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"not[\s_]*null|\brequired\b|\bmandatory\b|obligatoire|pflicht|obligatorio|obrigatório|обязательн|\bwajib\b|必填|非空|必須|필수",
    )
});
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r#"(?i)(?:\breferences|\breferencing|\breferencia|\bréférence|\bverweist auf|\bfk\b|\bforeign[\s_-]*key|"#,
        r#"\bforeignkey|внешний ключ|ссылка на|外键|外部キー|외래\s*키|clave foránea|chave estrangeira|"#,
        r#"clé étrangère|fremdschlüssel|kunci asing|\bref\b|关联|\bpoints to|\blinks? to)"#,
        r#"(?:[\s:>→\-=<(\[`"'，,]|to\b|of\b|a\b|para\b|vers\b|auf\b|на\b|ke\b|到)*"#,
        r#"(?:(?:auth|public|dbo)\.)?`?"?([A-Za-z_]\w*)`?"?(?:\s*[.(]\s*`?"?([A-Za-z_]\w*))?"#,
    ))
});
static ARROW: LazyLock<Regex> = LazyLock::new(|| {
    compile(r#"(?:→|->|=>|⟶)\s*`?"?([A-Za-z_]\w*)`?"?\s*[.(]\s*`?"?([A-Za-z_]\w*)"#)
});
static ENUM_LIST: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)(?:\benum\w*|\bone of|\bvalues|枚举|列挙|перечислени\w*|enumerado|énumération)\s*[:：=]?\s*[(\[{<（「]?\s*([^)\]}>）」\n]+)",
    )
});
static CHECK_LIST: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)\bin\s*\(\s*('[^)]*')\s*\)|[({（]\s*([^(){}（）]*[,/、，][^(){}（）]*)\s*[)}）]$")
});
/// `open / closed / pending` as all there is.
static SLASHES: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^\s*([\p{L}\w-]+(?:\s*[/／]\s*[\p{L}\w-]+){2,})\s*$"));
static PIPES: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"((?:["'`]?[\w-]+["'`]?\s*\|\s*)+["'`]?[\w-]+["'`]?)"#));

#[cfg(test)]
mod tests {
    use super::*;

    fn check(notes: &str, expect: &str) {
        let mut it = column("x", Span::at(0));
        apply(&mut it, notes);
        let got = format!(
            "{}{}{:?} {:?} {:?}",
            if it.primary { "pk " } else { "" },
            if it.unique { "unique " } else { "" },
            it.nullable,
            it.references,
            it.values
        );
        assert_eq!(got, expect, "{notes}");
    }

    #[test]
    fn notes_of_many_styles_are_read() {
        check("PK, UUID", "pk None None []");
        check("FK → groups.id", "None Some((\"groups\", Some(\"id\"))) []");
        check("Foreign key → users.id, not null", "Some(false) Some((\"users\", Some(\"id\"))) []");
        check("INT REFERENCES `Movie`(id)", "None Some((\"movies\", Some(\"id\"))) []");
        check("外键，关联 users 表", "None Some((\"users\", None)) []");
        check("enum: PENDING, PAID, SHIPPED", "None None [\"PENDING\", \"PAID\", \"SHIPPED\"]");
        check("draft | published | archived", "None None [\"draft\", \"published\", \"archived\"]");
        check("text CHECK (x IN ('a', 'b'))", "None None [\"a\", \"b\"]");
        check("Unique, not null, indexed", "unique Some(false) None []");
        check("foreign key", "None None []");
    }
}

//! The fixed words that completion offers. Data only.

/// Keys of a spec's front matter.
pub(super) static FRONT_MATTER: &[(&str, &str)] = &[
    ("title", "name of the product or feature"),
    ("status", "draft, review, approved"),
    ("version", "version of this document"),
    ("owner", "who answers for the spec"),
    ("authors", "who wrote it"),
    ("date", "day of the last change, as in 2026-01-31"),
    ("language", "language of the text, as in en or pt"),
    ("tags", "list of words to find it by"),
];

/// Column types, the usual ones first.
pub(super) static TYPES: &[(&str, &str)] = &[
    ("text", "characters of any length"),
    ("uuid", "random identifier"),
    ("integer", "whole number of 32 bits"),
    ("bigint", "whole number of 64 bits"),
    ("numeric(12,2)", "exact decimal, such as money"),
    ("boolean", "true or false"),
    ("timestamptz", "moment in time"),
    ("date", "day without time"),
    ("time", "time of day"),
    ("interval", "length of time"),
    ("jsonb", "JSON value"),
    ("text[]", "list of texts"),
    ("bytea", "bytes"),
    ("double precision", "approximate number"),
    ("vector(1536)", "embedding for similarity search"),
];

/// Who may see and change the rows.
pub(super) static POLICIES: &[(&str, &str)] = &[
    ("own-row", "each user sees and changes their own rows"),
    ("own-or-public", "own rows, and public ones to read"),
    ("public", "everybody"),
];

pub(super) static CRONS: &[&str] =
    &["*/15 * * * *", "0 * * * *", "0 3 * * *", "0 9 * * 1", "0 9 * * 1-5", "0 0 1 * *"];

/// Columns that most tables have.
pub(super) static COMMON_COLUMNS: &[(&str, &str)] = &[
    ("id", "uuid"),
    ("name", "text"),
    ("title", "text"),
    ("status", "text"),
    ("created_at", "timestamptz"),
    ("updated_at", "timestamptz"),
    ("deleted_at", "timestamptz"),
];

/// Headers of the column that holds types, in lower case.
pub(super) static TYPE_HEADERS: &[&str] = &[
    "type",
    "data type",
    "datatype",
    "typ",
    "datentyp",
    "type de données",
    "tipo",
    "tipo de dato",
    "tipo de dado",
    "тип",
    "тип данных",
    "tipe",
    "tipe data",
    "类型",
    "数据类型",
    "型",
    "データ型",
    "타입",
    "자료형",
    "데이터 타입",
];

/// Headers of the column that holds names of columns.
pub(super) static NAME_HEADERS: &[&str] = &[
    "field",
    "column",
    "attribute",
    "property",
    "feld",
    "spalte",
    "attribut",
    "champ",
    "colonne",
    "campo",
    "columna",
    "coluna",
    "atributo",
    "поле",
    "колонка",
    "столбец",
    "атрибут",
    "kolom",
    "bidang",
    "atribut",
    "字段",
    "列",
    "字段名",
    "列名",
    "属性",
    "フィールド",
    "カラム",
    "項目",
    "필드",
    "컬럼",
    "속성",
];

/// Headers of the column that holds references and constraints.
pub(super) static REFERENCE_HEADERS: &[&str] = &[
    "references",
    "reference",
    "foreign key",
    "fk",
    "key",
    "referenz",
    "fremdschlüssel",
    "référence",
    "clé étrangère",
    "referencia",
    "clave foránea",
    "referência",
    "chave estrangeira",
    "ссылка",
    "внешний ключ",
    "referensi",
    "kunci asing",
    "外键",
    "引用",
    "外部キー",
    "参照",
    "외래키",
    "참조",
];

/// Headers and keys of policies.
pub(super) static POLICY_WORDS: &[&str] = &[
    "rls",
    "policy",
    "access",
    "row-level security",
    "zugriff",
    "accès",
    "política",
    "acceso",
    "acesso",
    "доступ",
    "политика",
    "akses",
    "kebijakan",
    "策略",
    "权限",
    "ポリシー",
    "アクセス",
    "정책",
    "접근",
];

//! What a PostgreSQL database holds, as the engine itself writes it down.
//!
//! Every text in here came out of `format_type`, `pg_get_expr` and their kin under an empty search
//! path, so two catalogs are equal when, and only when, the engine means the same by both. Names are
//! kept as SQL spells them, with quotes where they need some. Owners, object ids, the order of a
//! table's columns and statistics are no part of it.

use crate::plan::{ObjectId, Part};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All objects of a database that are not the system's and not an extension's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    pub objects: BTreeMap<Key, Object>,
    /// Pairs of types that a write converts by itself, as `format_type` names them.
    pub(super) casts: BTreeSet<(String, String)>,
    /// Pairs that are converted when it is asked for.
    pub(super) explicit_casts: BTreeSet<(String, String)>,
    /// Objects that plans do not cover, each in words; two catalogs must agree on them.
    pub(crate) unplanned: BTreeSet<String>,
    /// `server_version_num`.
    pub version: u32,
}

impl Catalog {
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// Whether both hold the same objects; says which differ, in order, for a person.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut out = Vec::new();
        for (key, object) in &self.objects {
            match other.objects.get(key) {
                None => out.push(format!("{key} is only in the first")),
                Some(it) if !object.is_same(it) => out.push(format!("{key} differs")),
                Some(_) => {}
            }
        }
        let only = other.objects.keys().filter(|it| !self.objects.contains_key(*it));
        out.extend(only.map(|key| format!("{key} is only in the second")));
        let unplanned = self.unplanned.symmetric_difference(&other.unplanned);
        out.extend(unplanned.map(|it| format!("only one has {it}")));
        out
    }

    /// The same database with other objects.
    pub(crate) fn with_objects(&self, objects: BTreeMap<Key, Object>) -> Self {
        Self { objects, ..self.clone() }
    }

    pub(crate) fn has_tables(&self) -> bool {
        self.objects.keys().any(|it| it.kind == Kind::Table)
    }

    pub(super) fn table(&self, key: &Key) -> Option<&Table> {
        match self.get(&key.table())?.body {
            Body::Table(ref table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn column(&self, key: &Key) -> Option<&Column> {
        match self.get(key)?.body {
            Body::Column(ref column) => Some(column),
            _ => None,
        }
    }

    /// A table's columns in the order in which the engine stores them.
    pub(crate) fn columns(&self, table: &Key) -> Vec<(&Key, &Object, &Column)> {
        let mut out: Vec<_> = self
            .parts(table, Kind::Column)
            .filter_map(|(key, object)| match &object.body {
                Body::Column(column) => Some((key, object, column)),
                _ => None,
            })
            .collect();
        out.sort_by_key(|(_, object, _)| object.position);
        out
    }

    /// Objects of a kind that belong to a table.
    pub(crate) fn parts(
        &self,
        table: &Key,
        kind: Kind,
    ) -> impl Iterator<Item = (&Key, &Object)> + use<'_> {
        let table = table.clone();
        // These have the name of their table, and stand together.
        let (schema, name) = match kind {
            Kind::Column | Kind::Constraint => (table.schema.clone(), table.name.clone()),
            _ => (String::new(), String::new()),
        };
        let first = Key { kind, schema, name, part: String::new() };
        let start = first.clone();
        let is_near = move |it: &Key| {
            it.kind == kind
                && (first.name.is_empty() || it.name == first.name && it.schema == first.schema)
        };
        let near = self.objects.range(start..).take_while(move |it| is_near(it.0));
        near.filter(move |(_, object)| object.table.as_ref() == Some(&table))
    }

    /// The default expression of a column.
    pub(crate) fn default_of(&self, column: &Key) -> Option<&str> {
        match &self.get(&column.with_kind(Kind::Default))?.body {
            Body::Default(expr) => Some(expr),
            _ => None,
        }
    }

    /// Whether an expression may give another value for each row, so that all rows are written.
    pub(super) fn is_volatile(&self, expr: &str) -> bool {
        let known = [
            "gen_random_uuid(",
            "uuid_generate",
            "random(",
            "clock_timestamp(",
            "timeofday(",
            "nextval(",
            "txid_current(",
            "pg_current_xact_id(",
            "setseed(",
        ];
        let own = self.objects.keys().filter(|it| it.kind == Kind::Function);
        let mut own = own.filter_map(|it| Some(it.name.split_once('(')?.0.to_owned() + "("));
        known.iter().any(|it| expr.contains(it)) || own.any(|it| expr.contains(&it))
    }

    /// Whether `from` needs `target`, over any number of objects.
    pub(super) fn reaches(&self, from: &Key, target: &Key) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.clone()];
        while let Some(key) = open.pop() {
            if &key == target {
                return true;
            }
            if let Some(object) = self.get(&key).filter(|_| seen.insert(key.clone())) {
                open.extend(object.needs.iter().cloned());
            }
        }
        false
    }
}

/// Kinds of objects, in the order in which they are made where nothing else decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Schema,
    Extension,
    Type,
    Sequence,
    Table,
    Column,
    Default,
    Constraint,
    Function,
    View,
    Index,
    Statistics,
    Trigger,
    Rule,
    Policy,
    Other,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::Column => "column",
            Self::Default => "default of",
            Self::Constraint => "constraint",
            Self::Function => "function",
            Self::View => "view",
            Self::Index => "index",
            Self::Statistics => "statistics",
            Self::Trigger => "trigger",
            Self::Rule => "rule",
            Self::Policy => "policy",
            Self::Other => "object",
        }
    }
}

/// Names one object; every part is spelt as in SQL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub kind: Kind,
    /// Empty for schemas and extensions.
    pub schema: String,
    /// For parts of tables the table; for functions with the argument types.
    pub name: String,
    /// The part of a table: a column, a constraint, a trigger; else empty.
    pub part: String,
}

impl Key {
    pub(crate) fn new(kind: Kind, schema: &str, name: &str, part: &str) -> Self {
        Self { kind, schema: schema.into(), name: name.into(), part: part.into() }
    }

    /// The name with its schema, to be written in SQL.
    #[must_use]
    pub fn qualified(&self) -> String {
        if self.schema.is_empty() {
            self.name.clone()
        } else {
            format!("{}.{}", self.schema, self.name)
        }
    }

    /// The table of a table's part.
    pub(crate) fn table(&self) -> Self {
        Self::new(Kind::Table, &self.schema, &self.name, "")
    }

    pub(crate) fn with_kind(&self, kind: Kind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// The name as people and reports write it: the default schema left away, no quotes.
    fn plain(&self) -> String {
        let name = unquoted(&self.name);
        match self.schema.as_str() {
            "" | "public" => name,
            schema => format!("{}.{name}", unquoted(schema)),
        }
    }

    /// The same object in the words of plans; `table` is where an index or a sequence belongs.
    #[must_use]
    pub fn object(&self, table: Option<&Self>) -> ObjectId {
        let part = unquoted(&self.part);
        let of_table = |part| ObjectId { table: self.plain(), part };
        let alone = |part| ObjectId { table: String::new(), part };
        match self.kind {
            Kind::Table => of_table(Part::Table),
            Kind::Column | Kind::Default => of_table(Part::Column(part)),
            Kind::Constraint => of_table(Part::Constraint(part)),
            Kind::Trigger | Kind::Rule => of_table(Part::Trigger(part)),
            Kind::Policy => of_table(Part::Policy(part)),
            Kind::Index => ObjectId {
                table: table.map(Self::plain).unwrap_or_default(),
                part: Part::Index(self.plain()),
            },
            Kind::View => alone(Part::View(self.plain())),
            Kind::Type => alone(Part::Type(self.plain())),
            Kind::Sequence => alone(Part::Sequence(self.plain())),
            Kind::Function => alone(Part::Function(self.plain())),
            Kind::Extension => alone(Part::Extension(self.plain())),
            Kind::Schema | Kind::Statistics | Kind::Other => {
                alone(Part::Other { kind: self.kind.word().to_owned(), name: self.plain() })
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}", self.kind.word(), self.plain())?;
        if self.part.is_empty() { write!(f, "`") } else { write!(f, ".{}`", unquoted(&self.part)) }
    }
}

/// A name without the quotes that SQL needs around it.
pub(crate) fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// A name with quotes unless it is plain lower case and surely no keyword (it ends in a suffix of ours).
pub(super) fn quoted(name: &str) -> String {
    let is_plain =
        name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
            && !name.starts_with(|it: char| it.is_ascii_digit());
    if is_plain { name.to_owned() } else { quoted_always(name) }
}

pub(super) fn quoted_always(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name made from another one and a suffix, within the 63 bytes that PostgreSQL keeps.
pub(super) fn derived(name: &str, suffix: &str) -> String {
    let mut name = unquoted(name);
    while name.len() + suffix.len() > 63 {
        name.pop();
    }
    quoted(&(name + suffix))
}

/// One object with all that decides what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub body: Body,
    /// The table that it is a part of, or that a sequence is owned by.
    pub table: Option<Key>,
    /// What must be there for it to be there.
    pub needs: BTreeSet<Key>,
    pub comment: Option<String>,
    /// Role (or `PUBLIC`) to its privileges, each with ` WITH GRANT OPTION` where it has that.
    pub grants: BTreeMap<String, BTreeSet<String>>,
    /// Where a column stands; not compared.
    pub(super) position: i32,
    /// The role that owns a table, where it is another than the reader's; not compared.
    pub(super) owner: Option<String>,
}

impl Object {
    /// Whether both are the same thing, wherever they stand and whatever they need.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.body == other.body && self.comment == other.comment && self.grants == other.grants
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Schema,
    Extension {
        schema: String,
        version: String,
    },
    Enum(Vec<String>),
    Domain(Domain),
    /// Name, type and collation clause of each attribute.
    Composite(Vec<(String, String)>),
    Sequence(Sequence),
    Table(Table),
    Column(Column),
    Default(String),
    Constraint(Constraint),
    Index(Index),
    View(View),
    Routine(Routine),
    /// An object whose text says all: it is dropped and made again when the text differs.
    Opaque(Opaque),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    pub base: String,
    pub collation: Option<String>,
    pub not_null: bool,
    pub default: Option<String>,
    /// Name to definition.
    pub constraints: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    pub kind: String,
    /// `START WITH … INCREMENT BY …`, every option spelt out.
    pub options: String,
    /// The column with which it goes: `schema.table.column`.
    pub owner: Option<String>,
    pub is_unlogged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub is_unlogged: bool,
    /// Storage parameters, each `name=value`.
    pub options: BTreeSet<String>,
    pub row_security: bool,
    pub row_security_forced: bool,
    /// `DEFAULT`, `FULL`, `NOTHING` or `USING INDEX name`.
    pub replica_identity: String,
    pub access_method: Option<String>,
    /// `RANGE (at)` of a partitioned table.
    pub partition_key: Option<String>,
    /// `FOR VALUES …` of a partition.
    pub bound: Option<String>,
    /// Tables that it inherits from, or is a partition of.
    pub parents: Vec<String>,
}

impl Table {
    /// The index that tells rows to replicas.
    pub(super) fn identity_index(&self) -> Option<&str> {
        self.replica_identity.strip_prefix("USING INDEX ")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub kind: String,
    pub collation: Option<String>,
    pub not_null: bool,
    /// `ALWAYS` or `BY DEFAULT`, the sequence's options, and its name.
    pub identity: Option<Identity>,
    /// The expression of a generated column and `STORED` or `VIRTUAL`.
    pub generated: Option<(String, String)>,
    pub storage: Option<String>,
    pub compression: Option<String>,
    pub statistics: Option<String>,
    /// It came from a parent table and goes with it.
    pub is_inherited: bool,
    /// A category letter of `pg_type`, to find a value that fits.
    pub category: char,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub generation: String,
    pub options: String,
    pub sequence: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    pub kind: ConstraintKind,
    /// From `pg_get_constraintdef`, without ` NOT VALID`.
    pub definition: String,
    pub is_validated: bool,
    pub columns: Vec<String>,
    /// For a foreign key: the table and columns that it points to.
    pub target: Option<(Key, Vec<String>)>,
    /// For a key: the index beneath, from ` ON ` on.
    pub index: Option<String>,
    pub no_inherit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintKind {
    Primary,
    Unique,
    Check,
    Exclusion,
    Foreign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub is_unique: bool,
    /// From the table's name on: `public.t USING btree (a)`.
    pub tail: String,
    pub is_valid: bool,
    pub is_clustered: bool,
    /// It spans the partitions of a table, and cannot be made concurrently.
    pub is_partitioned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub query: String,
    pub is_materialized: bool,
    pub options: BTreeSet<String>,
    /// Name and type of each column; the order counts.
    pub columns: Vec<(String, String)>,
    pub column_comments: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// `FUNCTION`, `PROCEDURE` or `AGGREGATE`.
    pub word: String,
    pub create: String,
    /// What `CREATE OR REPLACE` may not change.
    pub signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    pub create: String,
    pub drop: String,
    /// How `COMMENT ON` names it.
    pub named: String,
}

//! The schema that migration specs describe, in words that every dialect has.
//!
//! It is what operations are replayed over and what renders to DDL; catalogs read back from an
//! engine are kept apart, in the dialects. Each part knows the place in a file that asked for it.

use crate::expr::Expr;
use model::Span;

/// The table whose rows are the people that sign in; `own-row` looks for a reference to it.
pub const USERS: &str = "users";

/// All tables, in the order in which they were added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    pub tables: Vec<Table>,
}

impl Schema {
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.name == name)
    }
}

/// Where something was asked for: a place in one of the files that were read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin {
    /// Index into the files, in the order in which they were given.
    pub file: u32,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub name: String,
    /// The name that derived names are made of, where a rename left them behind.
    pub stem: Option<String>,
    pub columns: Vec<Column>,
    /// Columns of the primary key, in key order.
    pub primary_key: Vec<String>,
    /// Constraints over several columns, and named ones.
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    /// Who may see and write which rows.
    pub access: Access,
    /// Policies beside `access`, each for some commands.
    pub policies: Vec<Policy>,
    pub options: TableOptions,
    pub comment: Option<String>,
    pub origin: Origin,
}

impl Table {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|it| it.name == name)
    }

    /// The name that derived names are made of.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.stem.as_deref().unwrap_or(&self.name)
    }
}

/// What is said of a table as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableOptions {
    /// Rows are deleted by setting the column `deleted_at`, which the replay has added.
    pub soft_delete: bool,
    /// Columns tell when and by whom a row was made and changed; the replay has added them.
    pub audit_columns: bool,
    /// A table that was there before: SQLite holds it without `STRICT` and without checks of the
    /// storage format.
    pub plain: Option<Plain>,
    /// A table that PostgreSQL held before: what it declares otherwise than the language would.
    pub held: Option<Held>,
}

/// How PostgreSQL holds a table that the language did not make; by names of columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// The type, where it is not the language's own: a word of [`crate::render::held_type`].
    pub types: Vec<(String, String)>,
    /// The default, where the language says `now()`: a word of [`crate::render::HELD_NOW`].
    pub defaults: Vec<(String, String)>,
    /// Numbered by a sequence in the place of an identity.
    pub serial: Vec<String>,
    /// An identity whose numbers a write cannot choose.
    pub always: Vec<String>,
}

impl Held {
    #[must_use]
    pub fn type_of(&self, column: &str) -> Option<&str> {
        self.types.iter().find(|it| it.0 == column).map(|it| it.1.as_str())
    }

    #[must_use]
    pub fn default_of(&self, column: &str) -> Option<&str> {
        self.defaults.iter().find(|it| it.0 == column).map(|it| it.1.as_str())
    }

    /// What is said of a column goes on under another name.
    pub(crate) fn rename(&mut self, was: &str, name: &str) {
        let pairs = self.types.iter_mut().chain(&mut self.defaults).map(|it| &mut it.0);
        let names = pairs.chain(&mut self.serial).chain(&mut self.always);
        names.filter(|it| *it == was).for_each(|it| name.clone_into(it));
    }
}

/// How SQLite holds a table that the language did not make.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    pub strict: bool,
    /// Column and declared type, where that is not the type's usual word.
    pub types: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub name: String,
    /// The name that derived names are made of, where a rename left them behind.
    pub stem: Option<String>,
    pub kind: Type,
    pub nullable: bool,
    pub default: Option<DefaultValue>,
    pub unique: bool,
    pub references: Option<Reference>,
    pub check: Option<Expr>,
    pub comment: Option<String>,
    pub origin: Origin,
}

impl Column {
    /// The name that derived names are made of.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.stem.as_deref().unwrap_or(&self.name)
    }
}

/// A type that both engines can hold without loss.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Type {
    Uuid,
    #[default]
    Text,
    Varchar(u32),
    SmallInt,
    Integer,
    BigInt,
    /// Precision and scale; `None` is unlimited.
    Numeric(Option<(u16, u16)>),
    Real,
    Double,
    Boolean,
    Date,
    Time,
    /// Without a time zone.
    Timestamp,
    /// A moment; stored in UTC.
    TimestampTz,
    Json,
    Bytes,
    /// One of the given words: `text` with a check.
    Enum(Vec<String>),
    /// A list of `f32` of that length.
    Vector(u32),
    /// A list: an array on PostgreSQL, JSON text on SQLite.
    Array(Box<Type>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// The moment of the write.
    Now,
    /// A new random UUID.
    RandomUuid,
    /// The next number of a sequence (`identity`).
    Identity,
    Expr(Expr),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub table: String,
    pub column: String,
    pub on_delete: Action,
    pub on_update: Action,
}

/// What a foreign key does when its target goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Action {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Derived from table and columns where the author gave none.
    pub name: String,
    pub kind: ConstraintKind,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintKind {
    Unique(Vec<String>),
    Check(Expr),
    ForeignKey {
        columns: Vec<String>,
        table: String,
        target: Vec<String>,
        on_delete: Action,
        on_update: Action,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Derived from table and columns where the author gave none.
    pub name: String,
    pub keys: Vec<IndexKey>,
    pub unique: bool,
    /// Only rows for which this holds are in it.
    pub filter: Option<Expr>,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// A bare column is [`Expr::Column`].
    pub expr: Expr,
    pub descending: bool,
}

/// A table's row-level security in the words of the language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// Everyone reads and writes all rows.
    Public,
    /// Nobody does, save the service itself.
    #[default]
    Deny,
    /// A row belongs to the user in `column`.
    OwnRow {
        column: String,
    },
    /// The owner writes; others read the rows whose `flag` is true, or all without a flag.
    OwnOrPublic {
        column: String,
        flag: Option<String>,
    },
    /// Users who have a row in `table` whose `via` equals this table's column of that name.
    MemberOf {
        table: String,
        via: String,
    },
    Role(String),
    Expr(Expr),
}

/// A named policy for some commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub name: String,
    pub commands: Vec<Command>,
    /// Which rows are seen, changed or deleted.
    pub using: Option<Expr>,
    /// Which rows may result from a write; `using` where it is absent.
    pub check: Option<Expr>,
    pub origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    Select,
    Insert,
    Update,
    Delete,
}

//! What a migration spec can ask for, as it was written: names are not looked up yet.
//!
//! Two operations are equal when they mean the same, wherever they stand.

use crate::expr::{Expr, Place};
use crate::schema::{Action, Command, Origin, Type};
use std::sync::Arc;

/// One entry of a migration spec.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The file's name without its ending: `0004_add_posts`.
    pub migration: Arc<str>,
    /// The whole entry, from its first key.
    pub origin: Origin,
    /// The word that names it.
    pub keyword: Origin,
    pub kind: OperationKind,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.migration == other.migration && self.kind == other.kind
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum OperationKind {
    AddTable(Box<AddTable>),
    /// Soft unless `purge`: the table is renamed and nobody may see it.
    DropTable {
        table: Name,
        purge: bool,
    },
    RenameTable {
        was: Name,
        name: Name,
    },
    AddColumn {
        table: Name,
        columns: Vec<ColumnDef>,
    },
    /// Soft unless `purge`: the column is renamed and freed of what could refuse a write.
    DropColumn {
        table: Name,
        column: Name,
        purge: bool,
    },
    RenameColumn {
        table: Name,
        was: Name,
        name: Name,
    },
    AlterColumn(Box<AlterColumn>),
    AddIndex {
        table: Name,
        index: IndexDef,
    },
    DropIndex {
        table: Name,
        index: Named<IndexDef>,
    },
    AddConstraint {
        table: Name,
        constraint: ConstraintDef,
    },
    DropConstraint {
        table: Name,
        constraint: Named<ConstraintDef>,
    },
    SetRls {
        table: Name,
        rls: RlsDef,
    },
    AddPolicy {
        table: Name,
        policy: PolicyDef,
    },
    DropPolicy {
        table: Name,
        policy: Name,
    },
    /// Without a text the comment goes.
    Comment {
        table: Name,
        column: Option<Name>,
        text: Option<String>,
    },
    Seed(Seed),
    Sql(RawSql),
    /// Drops for good what was dropped softly before.
    Purge {
        table: Name,
        column: Option<Name>,
    },
}

/// A value and where it was written; equal when the values are.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    pub value: T,
    pub origin: Origin,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A name as SQL spells it without quotes.
pub type Name = Spanned<String>;

/// What is dropped: by its name, or by what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Named<T> {
    Name(Name),
    Like(T),
}

#[derive(Debug, Clone, PartialEq)]
pub struct AddTable {
    pub name: Name,
    pub columns: Vec<ColumnDef>,
    pub rls: Option<RlsDef>,
    pub indexes: Vec<IndexDef>,
    pub constraints: Vec<ConstraintDef>,
    pub policies: Vec<PolicyDef>,
    pub soft_delete: bool,
    pub audit_columns: bool,
    pub plain: Option<PlainDef>,
    pub held: Option<HeldDef>,
    pub comment: Option<String>,
}

/// See [`crate::schema::Plain`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlainDef {
    pub strict: bool,
    pub types: Vec<(Name, String)>,
}

/// See [`crate::schema::Held`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeldDef {
    pub types: Vec<(Name, Name)>,
    pub defaults: Vec<(Name, Name)>,
    pub serial: Vec<Name>,
    pub always: Vec<Name>,
}

/// A column in the words of its language.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    pub name: Name,
    pub kind: Option<Spanned<Type>>,
    pub primary_key: Option<Origin>,
    pub unique: Option<Origin>,
    /// `null` or `not null`, where one was written.
    pub nullable: Option<Spanned<bool>>,
    pub default: Option<DefaultDef>,
    pub references: Option<ReferenceDef>,
    pub check: Option<Formula>,
    pub origin: Origin,
}

impl PartialEq for ColumnDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.kind == other.kind
            && self.primary_key.is_some() == other.primary_key.is_some()
            && self.unique.is_some() == other.unique.is_some()
            && self.nullable == other.nullable
            && self.default == other.default
            && self.references == other.references
            && self.check == other.check
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum DefaultDef {
    RandomUuid(Spanned<()>),
    Identity(Spanned<()>),
    /// `now()` too.
    Expr(Formula),
}

impl DefaultDef {
    #[must_use]
    pub fn origin(&self) -> Origin {
        match self {
            Self::RandomUuid(it) | Self::Identity(it) => it.origin,
            Self::Expr(it) => it.origin,
        }
    }
}

#[derive(Debug, Clone)]
pub struct ReferenceDef {
    pub table: Name,
    /// The target's primary key where it is left out.
    pub column: Option<Name>,
    pub on_delete: Action,
    pub on_update: Action,
    pub origin: Origin,
}

impl PartialEq for ReferenceDef {
    fn eq(&self, other: &Self) -> bool {
        (&self.table, &self.column, self.on_delete, self.on_update)
            == (&other.table, &other.column, other.on_delete, other.on_update)
    }
}

/// An expression with the places of its parts in the file.
#[derive(Debug, Clone)]
pub struct Formula {
    pub expr: Expr,
    pub place: Place,
    pub origin: Origin,
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

#[derive(Debug, Clone)]
pub struct IndexDef {
    pub name: Option<Name>,
    pub keys: Vec<KeyDef>,
    pub unique: bool,
    pub filter: Option<Formula>,
    pub origin: Origin,
}

impl PartialEq for IndexDef {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.keys, self.unique, &self.filter)
            == (&other.name, &other.keys, other.unique, &other.filter)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct KeyDef {
    pub value: Formula,
    pub descending: bool,
}

#[derive(Debug, Clone)]
pub struct ConstraintDef {
    pub name: Option<Name>,
    pub kind: ConstraintDefKind,
    pub origin: Origin,
}

impl PartialEq for ConstraintDef {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.kind) == (&other.name, &other.kind)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum ConstraintDefKind {
    PrimaryKey(Vec<Name>),
    Unique(Vec<Name>),
    Check(Formula),
    ForeignKey {
        columns: Vec<Name>,
        table: Name,
        /// The target's primary key where it is empty.
        target: Vec<Name>,
        on_delete: Action,
        on_update: Action,
    },
}

/// Row-level security as it was written.
#[derive(Debug, Clone)]
pub struct RlsDef {
    pub kind: RlsKind,
    pub origin: Origin,
}

impl PartialEq for RlsDef {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum RlsKind {
    Public,
    Deny,
    /// Without a column it is the table's one reference to the users.
    OwnRow {
        column: Option<Name>,
    },
    OwnOrPublic {
        column: Option<Name>,
        flag: Option<Name>,
    },
    MemberOf {
        table: Name,
        via: Name,
    },
    Role(String),
    Expr(Formula),
}

#[derive(Debug, Clone, PartialEq)]
pub struct PolicyDef {
    pub name: Name,
    /// All where none was written.
    pub commands: Vec<Command>,
    pub using: Option<Formula>,
    pub check: Option<Formula>,
}

/// Changes to one column; what is `None` stays.
#[derive(Debug, Clone, PartialEq)]
pub struct AlterColumn {
    pub table: Name,
    pub column: Name,
    /// The name until now, where it changes too.
    pub was: Option<Name>,
    pub kind: Option<Spanned<Type>>,
    pub nullable: Option<Spanned<bool>>,
    pub unique: Option<Spanned<bool>>,
    pub default: Option<Setting<DefaultDef>>,
    pub check: Option<Setting<Formula>>,
    pub references: Option<Setting<ReferenceDef>>,
}

/// A part of a column that can be given or taken away.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting<T> {
    To(T),
    Drop(Spanned<()>),
}

/// Rows that a table has after the migration.
#[derive(Debug, Clone, PartialEq)]
pub struct Seed {
    pub table: Name,
    /// Tells whether a row is there already; the primary key where it is empty.
    pub key: Vec<Name>,
    /// Whether a row that is there is brought to these values; it stays as it is otherwise.
    pub update: bool,
    pub rows: Vec<Vec<(Name, Spanned<Cell>)>>,
}

/// A value of a seeded row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    Null,
    Bool(bool),
    /// As written.
    Number(String),
    Text(String),
    /// A list or mapping, as JSON without blanks.
    Json(String),
}

/// SQL of the author, for each dialect; unverified. A dialect without text has nothing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSql {
    pub sqlite: Option<Spanned<String>>,
    pub postgres: Option<Spanned<String>>,
    pub sqlite_down: Option<Spanned<String>>,
    pub postgres_down: Option<Spanned<String>>,
}

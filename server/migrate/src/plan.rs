//! The plan: what will be run, step by step, with what each step costs and how it is undone.
//!
//! The planners of both dialects make it; lint rules, previews, the runner and reports read it.
//! It holds no connection and knows no file.

/// A database language that plans are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Steps that turn one schema into another, in the order in which they run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub dialect: Dialect,
    pub steps: Vec<Step>,
}

/// One statement, or a few that only make sense together (an SQLite table rebuild).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does to the schema; empty for settings such as a lock time-out.
    pub changes: Vec<Change>,
    /// Complete statements with their semicolons.
    pub sql: String,
    pub transaction: Transaction,
    pub locks: Vec<Lock>,
    /// Whether the engine writes every row of a table again.
    pub rewrite: bool,
    /// Whether the engine reads every row of a table while the locks are held.
    pub scan: bool,
    /// Data that is gone afterwards; empty for most steps.
    pub loses: Vec<ObjectId>,
    pub back: Back,
    /// What the live data must satisfy before the step may run.
    pub checks: Vec<DataCheck>,
}

/// Where a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transaction {
    /// With its neighbours of the same number; numbers start at 1 and rise.
    Segment(u32),
    /// In no transaction (`CREATE INDEX CONCURRENTLY`, `PRAGMA foreign_keys`).
    Outside,
}

/// A lock that a step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    pub table: String,
    pub mode: LockMode,
}

/// Strength of a lock, weakest first; the names are PostgreSQL's.
///
/// SQLite knows one writer at a time: its steps take [`LockMode::Database`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
    Database,
}

impl LockMode {
    /// The word of PostgreSQL's documentation, without the trailing `LOCK`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
            Self::Database => "DATABASE WRITE",
        }
    }
}

/// The way back of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// The statements give back schema and data.
    Exact(String),
    /// The statements give back the schema; the data needs the backup. `why` names what is lost.
    Lossy { sql: String, why: String },
    /// There is no way back but the backup.
    None { why: String },
    /// The step changed nothing that lasts.
    NotNeeded,
}

/// A question to the live database, read only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCheck {
    /// Returns one row with one number: how many rows stand in the way.
    pub count_sql: String,
    /// Returns the identifying columns of some of them, a few rows at most.
    pub sample_sql: String,
    /// What is wrong with such a row, to follow a count: "rows are NULL in `posts.title`".
    pub complaint: String,
    pub object: ObjectId,
}

/// Names one thing of a schema, as SQL spells it without quotes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    /// `schema.table` where the schema is not the default one; empty for what has no table.
    pub table: String,
    pub part: Part,
}

/// The part of a table that an [`ObjectId`] names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Table,
    Column(String),
    Constraint(String),
    Index(String),
    Policy(String),
    /// Row-level security being on, or forced.
    RowSecurity,
    Comment,
    Trigger(String),
    View(String),
    Type(String),
    Sequence(String),
    Function(String),
    Extension(String),
    /// What has no word of its own: a schema, a cast.
    Other {
        kind: String,
        name: String,
    },
    Rows,
}

/// What a step does, in terms of both dialects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Create(ObjectId),
    Drop(ObjectId),
    /// `object` has the old name.
    Rename {
        object: ObjectId,
        to: String,
    },
    /// The column's type; texts as the engine writes them.
    AlterType {
        column: ObjectId,
        from: String,
        to: String,
    },
    SetNotNull(ObjectId),
    DropNotNull(ObjectId),
    SetDefault {
        column: ObjectId,
        to: String,
    },
    DropDefault(ObjectId),
    /// Any other change of an object's definition (identity, generation, collation, a policy's text).
    Alter {
        object: ObjectId,
        what: String,
    },
    /// Proves a constraint that was added unproven.
    Validate(ObjectId),
    /// Rows are written that the schema did not ask for (seed, backfill).
    WriteRows(ObjectId),
    /// SQL of the author, unverified.
    Raw(String),
}

impl Change {
    /// What it is about; SQL of the author is about nothing that is known.
    #[must_use]
    pub fn object(&self) -> Option<&ObjectId> {
        match self {
            Self::Create(it)
            | Self::Drop(it)
            | Self::SetNotNull(it)
            | Self::DropNotNull(it)
            | Self::DropDefault(it)
            | Self::Validate(it)
            | Self::WriteRows(it) => Some(it),
            Self::Rename { object, .. } | Self::Alter { object, .. } => Some(object),
            Self::AlterType { column, .. } | Self::SetDefault { column, .. } => Some(column),
            Self::Raw(_) => None,
        }
    }

    /// The table that it is about.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.object().map(|it| it.table.as_str()).filter(|it| !it.is_empty())
    }
}

impl std::fmt::Display for ObjectId {
    /// `posts`, `posts.title`, `index posts_title on posts`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let table = &self.table;
        let on = if table.is_empty() { String::new() } else { format!(" on {table}") };
        match &self.part {
            Part::Table => f.write_str(table),
            Part::Column(name) => write!(f, "{table}.{name}"),
            Part::Constraint(name) => write!(f, "constraint {name}{on}"),
            Part::Index(name) => write!(f, "index {name}{on}"),
            Part::Policy(name) => write!(f, "policy {name}{on}"),
            Part::RowSecurity => write!(f, "row-level security{on}"),
            Part::Comment => write!(f, "comment{on}"),
            Part::Trigger(name) => write!(f, "trigger {name}{on}"),
            Part::View(name) => write!(f, "view {name}"),
            Part::Type(name) => write!(f, "type {name}"),
            Part::Sequence(name) => write!(f, "sequence {name}"),
            Part::Function(name) => write!(f, "function {name}"),
            Part::Extension(name) => write!(f, "extension {name}"),
            Part::Other { kind, name } => write!(f, "{kind} {name}"),
            Part::Rows => write!(f, "rows of {table}"),
        }
    }
}

impl std::fmt::Display for Change {
    /// A fragment in the imperative: "drop posts.title".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Create(it) => write!(f, "create {it}"),
            Self::Drop(it) => write!(f, "drop {it}"),
            Self::Rename { object, to } => write!(f, "rename {object} to {to}"),
            Self::AlterType { column, from, to } => {
                write!(f, "change the type of {column} from {from} to {to}")
            }
            Self::SetNotNull(it) => write!(f, "refuse NULL in {it}"),
            Self::DropNotNull(it) => write!(f, "allow NULL in {it}"),
            Self::SetDefault { column, to } => write!(f, "set the default of {column} to {to}"),
            Self::DropDefault(it) => write!(f, "drop the default of {it}"),
            Self::Alter { object, what } => write!(f, "change {object}: {what}"),
            Self::Validate(it) => write!(f, "validate {it}"),
            Self::WriteRows(it) => write!(f, "write {it}"),
            Self::Raw(_) => f.write_str("run the author's SQL"),
        }
    }
}

/// Renames that the author declared; nothing else is ever taken for one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    /// Old name, new name.
    pub tables: Vec<(String, String)>,
    /// New name of the table, old name, new name of the column.
    pub columns: Vec<(String, String, String)>,
}

/// Why no plan could be made: each entry names an object and what the planner cannot do with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plan the change: {}", .reasons.iter().map(|it| it.why.as_str()).collect::<Vec<_>>().join("; "))]
pub struct Refusal {
    pub reasons: Vec<Reason>,
}

/// One reason of a [`Refusal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is about, when it is one thing.
    pub object: Option<ObjectId>,
    /// A fragment: "the language has no partitions: `events` is partitioned by range".
    pub why: String,
}

//! What a database holds, as far as reviewers ask: made by statements alone, without an engine.
//!
//! Things keep their [`Id`] when they are renamed or moved, so that two states are compared by what
//! became of a thing and not by what it is called.

use crate::shared::Shared;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Identifies a thing through renames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Id(pub(crate) u32);

/// A state of a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub(crate) tables: Shared<Table>,
    pub(crate) views: Shared<View>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) functions: Shared<Function>,
    /// Schemas, sequences, domains, types, extensions, …: kind and name.
    pub(crate) others: BTreeSet<(String, String)>,
    /// Roles that see past row security.
    pub(crate) bypassing: BTreeSet<String>,
    /// What roles get on tables that come later: role and privilege.
    pub(crate) default_grants: BTreeSet<(String, String)>,
    /// Role, and the role whose rights it has as a member.
    pub(crate) members: BTreeSet<(String, String)>,
    /// Functions that not everybody may call.
    pub(crate) closed: BTreeSet<String>,
    /// Object, role and privilege.
    pub(crate) grants: BTreeSet<(String, String, String)>,
    /// Table, role, privilege and column, where it is given for columns alone.
    pub(crate) column_grants: BTreeSet<(String, String, String, String)>,
    /// What is noted of a table, a column or a view.
    pub(crate) comments: Arc<BTreeMap<Id, String>>,
    /// The schema whose things are named without it; `None` is `public`.
    pub(crate) home: Option<String>,
    next_id: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: TableKind,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) row_security: bool,
    pub(crate) forced: bool,
    /// The table that it is a part of.
    pub(crate) partition_of: Option<String>,
    /// The columns that say in which part a row is.
    pub(crate) partition_key: Vec<String>,
    /// Whether nothing is known of it but that the migration uses it.
    pub(crate) assumed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    Plain,
    Partitioned,
    Foreign,
    Temporary,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) not_null: bool,
    pub(crate) default: Option<String>,
    pub(crate) generated: Option<Generated>,
    pub(crate) is_identity: bool,
    /// Whether a writer may not give a value of his own: `generated always as identity`.
    pub(crate) is_always: bool,
    /// What it is computed from.
    pub(crate) expression: Option<String>,
    /// As written; `None` is the default one.
    pub(crate) collation: Option<String>,
    /// Whether SQLite never gives a number twice.
    pub(crate) is_autoincrement: bool,
    /// Whether its type is written `integer`, which as the only key is SQLite's own number.
    pub(crate) is_integer: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    Stored,
    Virtual,
}

/// A type in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Type {
    /// `integer`, `varchar`, `timestamptz`, …; `bigserial` and its like stay as written.
    pub(crate) base: String,
    pub(crate) arguments: Vec<i64>,
    pub(crate) is_array: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) kind: ConstraintKind,
    pub(crate) columns: Vec<String>,
    pub(crate) target: Option<Target>,
    /// Of a check.
    pub(crate) expr: String,
    pub(crate) is_validated: bool,
    /// Whether it may be held off until the end of a transaction.
    pub(crate) is_deferrable: bool,
    /// Whether two nulls are the same to it.
    pub(crate) joins_nulls: bool,
    /// Whether it takes over an index that is there.
    pub(crate) uses_index: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ConstraintKind {
    Primary,
    Unique,
    Foreign,
    Check,
    Exclusion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    pub(crate) on_delete: OnDelete,
}

/// What happens to a row when the row that it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnDelete {
    /// The other row cannot be deleted: `no action`, `restrict`.
    Refuse,
    SetNull,
    SetDefault,
    Cascade,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) name: String,
    /// `before`, `after` or `instead of`; empty is SQLite's `before`.
    pub(crate) timing: &'static str,
    /// `insert`, `update`, `delete`, `truncate`.
    pub(crate) events: Vec<String>,
    /// Of an update, those that it waits for; empty for all.
    pub(crate) columns: Vec<String>,
    /// The rows that it runs for; `None` for all.
    pub(crate) when: Option<String>,
    /// Else it runs once a statement, and sees no row.
    pub(crate) is_each_row: bool,
    /// The function that it calls, in PostgreSQL.
    pub(crate) function: Option<String>,
    /// Tables that its own body writes to, in SQLite.
    pub(crate) writes: Vec<String>,
    /// Whether its own body refuses writes, in SQLite.
    pub(crate) refuses: bool,
    /// With what words it does.
    pub(crate) says: Vec<String>,
    /// Columns of its row that its own body asks for, in SQLite.
    pub(crate) fields: Vec<String>,
    /// Tables that its own body writes rows to without naming columns, in SQLite, and how many values.
    pub(crate) unnamed: Vec<(String, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) is_unique: bool,
    pub(crate) keys: Vec<String>,
    pub(crate) filter: Option<String>,
    /// Whether two nulls are the same to it.
    pub(crate) joins_nulls: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub(crate) command: String,
    pub(crate) is_permissive: bool,
    pub(crate) roles: Vec<String>,
    pub(crate) using: Option<String>,
    pub(crate) check: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) is_materialized: bool,
    pub(crate) query: String,
    /// Tables and views in its query.
    pub(crate) reads: Vec<String>,
    /// Its columns in order, where they can be told.
    pub(crate) columns: Option<Vec<String>>,
    pub(crate) is_invoker: bool,
    /// `security_barrier`
    pub(crate) is_barrier: bool,
    /// `with check option`
    pub(crate) is_checked: bool,
    pub(crate) indexes: Vec<Index>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) assumed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enum {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) values: Vec<(Id, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) id: Id,
    pub(crate) name: String,
    /// Types of what a caller gives.
    pub(crate) arguments: Vec<Type>,
    /// What its body calls them; empty for one without a name.
    pub(crate) parameters: Vec<String>,
    pub(crate) n_defaults: usize,
    pub(crate) returns: String,
    pub(crate) volatility: Volatility,
    pub(crate) is_definer: bool,
    pub(crate) has_search_path: bool,
    /// Whether its search path names a schema where others may create things.
    pub(crate) has_open_path: bool,
    pub(crate) body: String,
    pub(crate) language: String,
}

/// What a function says of its own results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Volatility {
    /// Another one each time it is called.
    #[default]
    Volatile,
    /// The same within a statement.
    Stable,
    /// The same for ever.
    Immutable,
}

impl Schema {
    pub(crate) fn id(&mut self) -> Id {
        self.next_id += 1;
        Id(self.next_id)
    }

    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.name == name)
    }

    pub(crate) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.iter_mut_where(|it| it.name == name).next()
    }

    pub(crate) fn table_of(&self, id: Id) -> Option<&Table> {
        self.tables.iter().find(|it| it.id == id)
    }

    pub(crate) fn view(&self, name: &str) -> Option<&View> {
        self.views.iter().find(|it| it.name == name)
    }

    /// The function of the same name and arguments.
    pub(crate) fn function(&self, like: &Function) -> Option<&Function> {
        self.functions.iter().find(|it| it.name == like.name && it.arguments == like.arguments)
    }

    /// Whether something of that name is in a schema.
    pub(crate) fn is_in(&self, name: &str, schema: &str) -> bool {
        match name.rsplit_once('.') {
            Some((of, _)) => of == schema,
            None => self.home.as_deref().unwrap_or("public") == schema,
        }
    }

    pub(crate) fn has_other(&self, kind: &str, name: &str) -> bool {
        self.others.contains(&(kind.to_owned(), name.to_owned()))
    }

    /// Views that read `name`, and what reads those.
    pub(crate) fn readers_of(&self, name: &str) -> Vec<&View> {
        let mut out: Vec<&View> = Vec::new();
        let mut names = vec![name.to_owned()];
        while let Some(name) = names.pop() {
            for view in self.views.iter().filter(|it| it.reads.contains(&name)) {
                if !out.iter().any(|it| it.id == view.id) {
                    names.push(view.name.clone());
                    out.push(view);
                }
            }
        }
        out
    }

    /// The tables that a view shows, through other views.
    pub(crate) fn tables_behind(&self, view: &View) -> Vec<&Table> {
        let (mut out, mut seen): (Vec<&Table>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
        let mut names = view.reads.clone();
        while let Some(name) = names.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            out.extend(self.table(&name));
            if let Some(inner) = self.view(&name) {
                names.extend(inner.reads.iter().cloned());
            }
        }
        out
    }
}

impl Table {
    pub(crate) fn new(id: Id, name: &str, kind: TableKind) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            policies: Vec::new(),
            triggers: Vec::new(),
            row_security: false,
            forced: false,
            partition_of: None,
            partition_key: Vec::new(),
            assumed: false,
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|it| it.name == name)
    }

    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|it| it.name == name)
    }

    pub(crate) fn column_of(&self, id: Id) -> Option<&Column> {
        self.columns.iter().find(|it| it.id == id)
    }

    /// Columns that no two rows share, key by key; one over some rows only is none.
    pub(crate) fn unique_keys(&self) -> BTreeSet<Vec<String>> {
        let is_key = |kind| matches!(kind, ConstraintKind::Primary | ConstraintKind::Unique);
        let own = self.constraints.iter().filter(|it| is_key(it.kind)).map(|it| &it.columns);
        let is_whole = |it: &&Index| it.is_unique && it.filter.is_none();
        own.chain(self.indexes.iter().filter(is_whole).map(|it| &it.keys)).cloned().collect()
    }

    pub(crate) fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|it| it.kind == ConstraintKind::Primary)
    }

    /// Whether a look-up by these columns has an index that starts with them.
    pub(crate) fn is_indexed(&self, columns: &[String]) -> bool {
        let starts = |keys: &[String]| {
            keys.len() >= columns.len()
                && columns.iter().all(|it| keys[..columns.len()].contains(it))
        };
        let by_constraint = self.constraints.iter().any(|it| {
            matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Unique)
                && starts(&it.columns)
        });
        // One of some rows serves when the others refer to nothing.
        let serves = |filter: &str| columns.iter().any(|it| filter == format!("{it} is not null"));
        let is_whole = |it: &&Index| it.filter.as_deref().is_none_or(serves);
        by_constraint || self.indexes.iter().filter(is_whole).any(|it| starts(&it.keys))
    }
}

impl Function {
    pub(crate) fn object(&self) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(Type::to_string).collect();
        format!("{}({})", self.name, arguments.join(", "))
    }
}

pub(crate) fn policy_object(policy: &str, table: &str) -> String {
    format!("policy {policy} on {table}")
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.base)?;
        if !self.arguments.is_empty() {
            let arguments: Vec<String> = self.arguments.iter().map(i64::to_string).collect();
            write!(f, "({})", arguments.join(","))?;
        }
        if self.is_array { f.write_str("[]") } else { Ok(()) }
    }
}

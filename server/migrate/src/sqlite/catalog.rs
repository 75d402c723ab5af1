use crate::schema::Action;
use std::collections::BTreeSet;

/// What a SQLite database holds besides rows.
///
/// Two catalogs are equal when no statement could tell their databases apart by structure. Spelling
/// is no structure: quotes, case of keywords, spaces, and whether a constraint of one column stands
/// at the column or at the end make no difference.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// In the order of creation.
    pub tables: Vec<Table>,
    pub views: Vec<View>,
    pub triggers: Vec<Trigger>,
    /// What this reader does not understand: kept where it is the same on both sides.
    pub opaque: Vec<Opaque>,
}

/// A value that takes no part in comparison, such as the text that a definition was read from.
#[derive(Debug, Clone, Default)]
pub struct Aside<T>(pub T);

/// SQL that can be run, compared by its tokens.
#[derive(Debug, Clone)]
pub struct Fragment {
    /// As the author wrote it, names quoted as they were.
    pub sql: String,
    /// Lower case, without quotes around names.
    pub key: String,
}

/// What happens to a row that breaks a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Conflict {
    #[default]
    Abort,
    Rollback,
    Fail,
    Ignore,
    Replace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    /// The order counts: `SELECT *` and `INSERT` without a column list see it.
    pub columns: Vec<Column>,
    pub primary_key: Option<PrimaryKey>,
    /// Sorted, without repetitions; so are the other lists of constraints.
    pub uniques: Vec<Unique>,
    pub checks: Vec<Check>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Made by `CREATE INDEX`, sorted by name.
    pub indexes: Vec<Index>,
    pub without_rowid: bool,
    pub strict: bool,
    /// The `CREATE TABLE` that the engine keeps, without a semicolon.
    pub sql: Aside<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// In upper case, single spaces; empty where none was declared.
    pub declared_type: String,
    /// As written.
    pub type_sql: Aside<String>,
    pub not_null: Option<Conflict>,
    pub default: Option<Fragment>,
    /// In upper case; `None` is `BINARY`.
    pub collation: Option<String>,
    pub generated: Option<Generated>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    pub expr: Fragment,
    pub stored: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyColumn {
    pub name: String,
    pub descending: bool,
    /// In upper case, where it differs from the column's.
    pub collation: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    pub name: Option<String>,
    pub columns: Vec<KeyColumn>,
    pub autoincrement: bool,
    pub conflict: Conflict,
    /// Whether the one column is another name of the rowid.
    pub is_rowid: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unique {
    pub columns: Vec<KeyColumn>,
    pub name: Option<String>,
    pub conflict: Conflict,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    pub expr: Fragment,
    pub name: Option<String>,
    /// The column at which it is written; `None` for one of the table.
    pub column: Aside<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    /// In lower case, as SQLite compares it.
    pub table: String,
    /// `None` is the target's primary key.
    pub target: Option<Vec<String>>,
    pub on_delete: Action,
    pub on_update: Action,
    /// `DEFERRABLE INITIALLY DEFERRED`; every other wording means immediate.
    pub deferred: bool,
    pub name: Option<String>,
    /// The target's name as written.
    pub table_sql: Aside<String>,
    /// Whether it is written at its column.
    pub inline: Aside<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub name: String,
    pub unique: bool,
    pub keys: Vec<IndexKey>,
    pub filter: Option<Fragment>,
    pub sql: Aside<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    /// A column or an expression.
    pub expr: Fragment,
    pub descending: bool,
    /// In upper case, the one in force; `None` is `BINARY`.
    pub collation: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub name: String,
    /// Everything after the name, by tokens; names keep their case, for it becomes the columns'.
    pub key: String,
    pub sql: Aside<String>,
    /// Every name in it, in lower case.
    pub mentions: Aside<BTreeSet<String>>,
    /// What the engine says when the view is read, when it cannot be.
    pub broken: Aside<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    pub name: String,
    /// The table or view that fires it.
    pub table: String,
    /// Everything after the name, by tokens.
    pub key: String,
    pub sql: Aside<String>,
    /// Every name in it, in lower case.
    pub mentions: Aside<BTreeSet<String>>,
    /// What the engine says when a write fires it, when it cannot run.
    pub broken: Aside<Option<String>>,
}

/// Something of the schema that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    pub name: String,
    /// The definition, by tokens.
    pub key: String,
    /// A fragment that says what it is: "`docs` is a virtual table (fts5)".
    pub why: Aside<String>,
    pub sql: Aside<String>,
    pub mentions: Aside<BTreeSet<String>>,
}

impl Catalog {
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.views.is_empty()
            && self.triggers.is_empty()
            && self.opaque.is_empty()
    }

    /// Leaves out what has a name that starts with `own`.
    pub(crate) fn forget(&mut self, own: &str) {
        self.tables.retain(|it| !it.name.starts_with(own));
        self.views.retain(|it| !it.name.starts_with(own));
        self.triggers.retain(|it| !it.name.starts_with(own) && !it.table.starts_with(own));
    }
}

impl PartialEq for Catalog {
    fn eq(&self, other: &Self) -> bool {
        fn sorted<T>(list: &[T], name: fn(&T) -> &str) -> Vec<&T> {
            let mut list: Vec<&T> = list.iter().collect();
            list.sort_by(|a, b| name(a).cmp(name(b)));
            list
        }
        sorted(&self.tables, |it| &it.name) == sorted(&other.tables, |it| &it.name)
            && sorted(&self.views, |it| &it.name) == sorted(&other.views, |it| &it.name)
            && sorted(&self.triggers, |it| &it.name) == sorted(&other.triggers, |it| &it.name)
            && sorted(&self.opaque, |it| &it.name) == sorted(&other.opaque, |it| &it.name)
    }
}

impl Eq for Catalog {}

impl Table {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// The column that is another name of the rowid.
    #[must_use]
    pub fn rowid_column(&self) -> Option<&str> {
        let key = self.primary_key.as_ref().filter(|it| it.is_rowid)?;
        Some(&key.columns[0].name)
    }
}

impl Column {
    /// Whether rows hold a value of their own, in contrast to a computed one.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.generated.is_none()
    }
}

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Aside<T> {}

impl<T> PartialOrd for Aside<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Aside<T> {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl PartialEq for Fragment {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Fragment {}

impl PartialOrd for Fragment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fragment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

//! What `ALTER TABLE` can do by itself, and how it is written.

use crate::plan::{Change, ObjectId, Part};
use crate::schema::Action;
use crate::sqlite::catalog::{Check, Column, Conflict, ForeignKey, Table};
use crate::sqlite::planner::Capabilities;
use crate::sqlite::text;

/// One native statement on a table that exists before and after.
#[derive(Debug, Clone)]
pub(super) enum Alter<'a> {
    Add { column: &'a Column, checks: Vec<&'a Check>, foreign_keys: Vec<&'a ForeignKey> },
    Drop { column: &'a Column },
    SetNotNull { column: &'a Column },
    DropNotNull { column: &'a Column },
    AddCheck { name: &'a str, check: &'a Check },
    DropCheck { name: &'a str },
}

/// The statements that turn one definition into the other; `None` when only a rebuild can.
///
/// Indexes are no part of it. Columns are dropped last to first and added first to last, so that
/// the statements of the way back undo them in reverse order.
pub(super) fn native<'a>(
    from: &'a Table,
    to: &'a Table,
    engine: Capabilities,
) -> Option<Vec<Alter<'a>>> {
    let is_same_frame = from.strict == to.strict
        && from.without_rowid == to.without_rowid
        && from.primary_key == to.primary_key
        && from.uniques == to.uniques;
    if !is_same_frame || !is_appended(from, to) {
        return None;
    }
    let removed = |name: &str| to.column(name).is_none();
    let mut out = Vec::new();
    for check in from.checks.iter().filter(|it| !to.checks.contains(it)) {
        match (&check.column.0, &check.name) {
            (Some(column), _) if removed(column) => {}
            (_, Some(name)) if engine.alters_constraints() => out.push(Alter::DropCheck { name }),
            _ => return None,
        }
    }
    let gone_keys = from.foreign_keys.iter().filter(|it| !to.foreign_keys.contains(it));
    if gone_keys.into_iter().any(|it| !it.inline.0 || !removed(&it.columns[0])) {
        return None;
    }
    for column in from.columns.iter().rev().filter(|it| removed(&it.name)) {
        if !engine.drops_columns() || !column.is_plain() {
            return None;
        }
        out.push(Alter::Drop { column });
    }
    for column in &to.columns {
        match from.column(&column.name) {
            Some(old) if old == column => {}
            Some(old) => out.push(nullability(old, column, engine)?),
            None => out.push(addition(from, to, column)?),
        }
    }
    let homeless = to.checks.iter().filter(|it| !from.checks.contains(it));
    for check in homeless.filter(|it| home(from, to, it).is_none()) {
        let name = check.name.as_deref().filter(|_| engine.alters_constraints())?;
        out.push(Alter::AddCheck { name, check });
    }
    let new_keys = to.foreign_keys.iter().filter(|it| !from.foreign_keys.contains(it));
    let is_at_new =
        |it: &&ForeignKey| it.columns.len() == 1 && from.column(&it.columns[0]).is_none();
    new_keys.into_iter().all(|it| is_at_new(&it)).then_some(out)
}

/// Whether the kept columns come first and in their order, and the new ones after them.
fn is_appended(from: &Table, to: &Table) -> bool {
    let kept = from.columns.iter().filter(|it| to.column(&it.name).is_some());
    let added = to.columns.iter().filter(|it| from.column(&it.name).is_none());
    kept.clone().any(Column::is_plain)
        && kept.chain(added).map(|it| &it.name).eq(to.columns.iter().map(|it| &it.name))
}

fn nullability<'a>(old: &Column, new: &'a Column, engine: Capabilities) -> Option<Alter<'a>> {
    let is_all = Column { not_null: new.not_null, ..old.clone() } == *new;
    if !is_all || !engine.alters_constraints() {
        return None;
    }
    match (old.not_null, new.not_null) {
        (None, Some(Conflict::Abort)) => Some(Alter::SetNotNull { column: new }),
        (Some(Conflict::Abort), None) => Some(Alter::DropNotNull { column: new }),
        _ => None,
    }
}

fn addition<'a>(from: &Table, to: &'a Table, column: &'a Column) -> Option<Alter<'a>> {
    let is_odd_type = column.type_sql.0.chars().any(|it| !is_type_character(it));
    let default = column.default.as_ref().map(|it| constant(&it.key));
    let is_fit = match (&column.generated, column.not_null, default) {
        (Some(it), not_null, _) => !it.stored && not_null.is_none(),
        (None, Some(_), default) => default == Some(Constant::Value),
        (None, None, default) => default != Some(Constant::Not),
    };
    if is_odd_type || !is_fit {
        return None;
    }
    let checks = to.checks.iter().filter(|it| !from.checks.contains(it));
    let checks = checks.filter(|it| home(from, to, it) == Some(&column.name)).collect();
    let foreign_keys: Vec<&ForeignKey> =
        to.foreign_keys.iter().filter(|it| it.columns == [column.name.clone()]).collect();
    // With a value in every row the engine would have to look for the target.
    let is_empty = column.default.as_ref().is_none_or(|it| constant(&it.key) == Constant::Null);
    (foreign_keys.is_empty() || is_empty).then_some(Alter::Add { column, checks, foreign_keys })
}

fn is_type_character(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, ' ' | '_' | '(' | ')' | ',' | '+' | '-' | '.')
}

/// The last new column that a new check speaks of.
fn home<'a>(from: &Table, to: &'a Table, check: &Check) -> Option<&'a String> {
    let names = text::mentions(&check.expr.sql);
    let mut new = to.columns.iter().filter(|it| from.column(&it.name).is_none()).rev();
    new.find(|it| names.contains(&it.name.to_ascii_lowercase())).map(|it| &it.name)
}

/// What a default is to `ALTER TABLE ADD COLUMN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Null,
    Value,
    /// Something to compute.
    Not,
}

/// Tells from a default's key.
pub(super) fn constant(key: &str) -> Constant {
    let bare = key.trim_start_matches(['-', '+', ' ']);
    let is_number = bare.starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && bare.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-' | '+'));
    let is_string = |it: &str| {
        let inner = it.strip_prefix('\'').and_then(|it| it.strip_suffix('\''));
        inner.is_some_and(|it| !it.replace("''", "").contains('\''))
    };
    match key {
        "null" => Constant::Null,
        "true" | "false" => Constant::Value,
        _ if is_number || is_string(key) => Constant::Value,
        _ if key.strip_prefix('x').is_some_and(is_string) => Constant::Value,
        _ => Constant::Not,
    }
}

impl Alter<'_> {
    /// The statement with its semicolon.
    pub(super) fn sql(&self, table: &str) -> String {
        let table = text::identifier(table);
        let what = match self {
            Self::Add { column, checks, foreign_keys } => {
                format!("ADD COLUMN {}", definition(column, checks, foreign_keys))
            }
            Self::Drop { column } => format!("DROP COLUMN {}", text::identifier(&column.name)),
            Self::SetNotNull { column } => {
                format!("ALTER COLUMN {} SET NOT NULL", text::identifier(&column.name))
            }
            Self::DropNotNull { column } => {
                format!("ALTER COLUMN {} DROP NOT NULL", text::identifier(&column.name))
            }
            Self::AddCheck { name, check } => {
                format!("ADD CONSTRAINT {} CHECK ({})", text::identifier(name), check.expr.sql)
            }
            Self::DropCheck { name } => format!("DROP CONSTRAINT {}", text::identifier(name)),
        };
        format!("ALTER TABLE {table} {what};")
    }

    pub(super) fn change(&self, table: &str) -> Change {
        let object = |part| ObjectId { table: table.to_owned(), part };
        let of = |column: &Column| object(Part::Column(column.name.clone()));
        match self {
            Self::Add { column, .. } => Change::Create(of(column)),
            Self::Drop { column } => Change::Drop(of(column)),
            Self::SetNotNull { column } => Change::SetNotNull(of(column)),
            Self::DropNotNull { column } => Change::DropNotNull(of(column)),
            Self::AddCheck { name, .. } => {
                Change::Create(object(Part::Constraint((*name).to_owned())))
            }
            Self::DropCheck { name } => Change::Drop(object(Part::Constraint((*name).to_owned()))),
        }
    }

    /// Whether every row is written again.
    pub(super) fn rewrites(&self) -> bool {
        matches!(self, Self::Drop { .. })
    }

    /// Whether every row is read.
    pub(super) fn scans(&self) -> bool {
        match self {
            Self::Add { checks, .. } => !checks.is_empty(),
            Self::SetNotNull { .. } | Self::AddCheck { .. } => true,
            Self::Drop { .. } | Self::DropNotNull { .. } | Self::DropCheck { .. } => false,
        }
    }

    /// The column whose values are gone.
    pub(super) fn loses(&self) -> Option<&str> {
        match self {
            Self::Drop { column } => Some(&column.name),
            _ => None,
        }
    }
}

/// A column as `ADD COLUMN` takes it.
fn definition(column: &Column, checks: &[&Check], foreign_keys: &[&ForeignKey]) -> String {
    let mut out = vec![text::identifier(&column.name)];
    out.extend(Some(column.type_sql.0.clone()).filter(|it| !it.is_empty()));
    if let Some(on) = column.not_null {
        out.push(format!("NOT NULL{}", conflict(on)));
    }
    out.extend(column.default.as_ref().map(|it| format!("DEFAULT {}", it.sql)));
    out.extend(column.collation.as_ref().map(|it| format!("COLLATE {}", text::identifier(it))));
    if let Some(it) = &column.generated {
        out.push(format!("GENERATED ALWAYS AS ({}) VIRTUAL", it.expr.sql));
    }
    for it in checks {
        out.push(format!("{}CHECK ({})", constraint_name(it.name.as_deref()), it.expr.sql));
    }
    for it in foreign_keys {
        out.push(format!("{}{}", constraint_name(it.name.as_deref()), references(it)));
    }
    out.join(" ")
}

fn constraint_name(name: Option<&str>) -> String {
    name.map(|it| format!("CONSTRAINT {} ", text::identifier(it))).unwrap_or_default()
}

fn conflict(on: Conflict) -> &'static str {
    match on {
        Conflict::Abort => "",
        Conflict::Rollback => " ON CONFLICT ROLLBACK",
        Conflict::Fail => " ON CONFLICT FAIL",
        Conflict::Ignore => " ON CONFLICT IGNORE",
        Conflict::Replace => " ON CONFLICT REPLACE",
    }
}

fn references(key: &ForeignKey) -> String {
    let mut out = format!("REFERENCES {}", text::identifier(&key.table_sql.0));
    if let Some(target) = &key.target {
        out += &format!(" ({})", text::identifiers(target.iter().map(String::as_str)));
    }
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if let Some(word) = action_word(action) {
            out += &format!(" ON {event} {word}");
        }
    }
    if key.deferred {
        out += " DEFERRABLE INITIALLY DEFERRED";
    }
    out
}

fn action_word(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}

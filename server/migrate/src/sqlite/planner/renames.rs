use crate::plan::{ObjectId, Part, Reason, Renames};
use crate::sqlite::catalog::{Catalog, Table};
use crate::sqlite::planner::table_id;
use crate::sqlite::read;
use crate::sqlite::shadow;
use crate::sqlite::text::identifier;

/// The renames that are run, with the spelling of the engine, and their statements.
#[derive(Debug, Clone, Default)]
pub(in crate::sqlite) struct Moves {
    /// Old name, new name.
    pub(in crate::sqlite) tables: Vec<(String, String)>,
    /// New name of the table, old name, new name of the column.
    pub(in crate::sqlite) columns: Vec<(String, String, String)>,
    pub(in crate::sqlite) statements: Vec<Move>,
}

/// One statement of a rename with the one that undoes it.
#[derive(Debug, Clone)]
pub(in crate::sqlite) struct Move {
    pub(in crate::sqlite) sql: String,
    pub(in crate::sqlite) back: String,
    /// `None` for the first half of a rename through a temporary name.
    pub(in crate::sqlite) what: Option<(ObjectId, String)>,
    pub(in crate::sqlite) table: String,
}

impl Moves {
    pub(in crate::sqlite) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The name that a table of the target has in the live database.
    pub(in crate::sqlite) fn old_table<'a>(&'a self, new: &'a str) -> &'a str {
        self.tables.iter().find(|(_, it)| it == new).map_or(new, |(old, _)| old)
    }

    /// The name that a column of the target has in the live database.
    pub(in crate::sqlite) fn old_column<'a>(&'a self, table: &str, new: &'a str) -> &'a str {
        let mut all = self.columns.iter();
        all.find(|(of, _, it)| of == table && it == new).map_or(new, |(_, old, _)| old)
    }
}

/// Renames tables and columns on a shadow, which rewrites all that names them.
///
/// Names that differ from the target's in case alone are renamed too.
pub(in crate::sqlite) fn apply(
    from: &Catalog,
    to: &Catalog,
    renames: &Renames,
) -> Result<(Catalog, Moves), Vec<Reason>> {
    let (tables, mut reasons) = tables(from, to, renames);
    let columns = columns(from, to, renames, &tables, &mut reasons);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut moves = Moves { tables, columns, statements: Vec::new() };
    moves.statements = statements(from, &moves);
    if moves.is_empty() {
        return Ok((from.clone(), moves));
    }
    let renamed = run(from, &moves).map_err(|message| {
        let why = format!("the engine refuses the renames: {message}");
        vec![Reason { object: None, why }]
    })?;
    Ok((renamed, moves))
}

fn run(from: &Catalog, moves: &Moves) -> Result<Catalog, String> {
    let bare = Catalog { tables: from.tables.clone(), ..Catalog::default() };
    let db = shadow::shadow_of(&bare).map_err(|it| shadow::message(&it))?;
    for it in &moves.statements {
        db.execute_batch(&it.sql).map_err(|error| shadow::message(&error))?;
    }
    let read = read(&db).map_err(|it| it.to_string())?;
    Ok(Catalog {
        tables: read.tables,
        views: from.views.clone(),
        triggers: from.triggers.clone(),
        opaque: from.opaque.clone(),
    })
}

fn tables(from: &Catalog, to: &Catalog, renames: &Renames) -> (Vec<(String, String)>, Vec<Reason>) {
    let (mut out, mut reasons) = (Vec::new(), Vec::new());
    let mut refuse = |name: &str, why: String| {
        reasons.push(Reason { object: Some(table_id(name)), why });
    };
    for (old, new) in &renames.tables {
        let (Some(before), Some(after)) = (from.table(old), to.table(new)) else {
            refuse(
                old,
                format!("the rename of `{old}` to `{new}` does not fit: one of them is missing"),
            );
            continue;
        };
        // Already done.
        if before.name != after.name {
            out.push((before.name.clone(), after.name.clone()));
        }
    }
    let mut taken: Vec<&String> = out.iter().flat_map(|(old, new)| [old, new]).collect();
    taken.sort();
    if taken.windows(2).any(|it| it[0] == it[1] && !is_swap(&out)) {
        refuse("", "two renames share a table".to_owned());
    }
    for (old, new) in &out {
        let stays =
            from.tables.iter().any(|it| it.name.eq_ignore_ascii_case(new) && it.name != *old);
        let moves_on = out.iter().any(|(it, _)| it.eq_ignore_ascii_case(new));
        if stays && !moves_on {
            refuse(new, format!("`{old}` cannot become `{new}`: there is such a table"));
        }
    }
    for it in &to.tables {
        let is_there = from.tables.iter().any(|old| old.name == it.name);
        let other = from.table(&it.name).filter(|_| !is_there);
        let is_named = |name: &str| out.iter().any(|(old, new)| old == name || new == name);
        if let Some(old) = other.filter(|old| !is_named(&old.name) && !is_named(&it.name)) {
            out.push((old.name.clone(), it.name.clone()));
        }
    }
    (out, reasons)
}

/// Whether every name given is also taken, as when two tables change names.
fn is_swap(moves: &[(String, String)]) -> bool {
    let count = |name: &String, side: fn(&(String, String)) -> &String| {
        moves.iter().filter(|it| side(it) == name).count()
    };
    moves.iter().all(|it| count(&it.0, |it| &it.0) == 1 && count(&it.1, |it| &it.1) == 1)
}

fn columns(
    from: &Catalog,
    to: &Catalog,
    renames: &Renames,
    tables: &[(String, String)],
    reasons: &mut Vec<Reason>,
) -> Vec<(String, String, String)> {
    let before = |new: &str| -> Option<&Table> {
        let old = tables.iter().find(|(_, it)| it == new).map_or(new, |(old, _)| old);
        from.tables.iter().find(|it| it.name == old)
    };
    let mut out: Vec<(String, String, String)> = Vec::new();
    for (table, old, new) in &renames.columns {
        let after = to.table(table);
        let pair = after.and_then(|after| Some((after, before(&after.name)?)));
        let found = pair.and_then(|(after, before)| {
            let (old, new) = (before.column(old)?, after.column(new)?);
            // One that stays and one that is there already cannot be the same.
            let is_free = after.columns.iter().all(|it| it.name != old.name)
                && before.columns.iter().all(|it| it.name != new.name);
            is_free.then(|| (after.name.clone(), old.name.clone(), new.name.clone()))
        });
        match found {
            Some(found) => out.push(found),
            None => reasons.push(Reason {
                object: Some(ObjectId { table: table.clone(), part: Part::Column(old.clone()) }),
                why: format!("the rename of `{table}.{old}` to `{new}` does not fit: one of them is missing, or both are on one side"),
            }),
        }
    }
    for after in &to.tables {
        let Some(before) = before(&after.name) else { continue };
        for it in &after.columns {
            let is_there = before.columns.iter().any(|old| old.name == it.name);
            let Some(old) = before.column(&it.name).filter(|_| !is_there) else { continue };
            if !out.iter().any(|(table, _, new)| *table == after.name && *new == it.name) {
                out.push((after.name.clone(), old.name.clone(), it.name.clone()));
            }
        }
    }
    out
}

fn statements(from: &Catalog, moves: &Moves) -> Vec<Move> {
    let mut out = Vec::new();
    let rename = |old: &str, new: &str| {
        format!("ALTER TABLE {} RENAME TO {};", identifier(old), identifier(new))
    };
    let mut late = Vec::new();
    for (old, new) in &moves.tables {
        let is_taken = from.table(new).is_some();
        let start = if is_taken { format!("__renamed_{old}") } else { old.clone() };
        if is_taken {
            let (sql, back) = (rename(old, &start), rename(&start, old));
            out.push(Move { sql, back, what: None, table: old.clone() });
        }
        let (sql, back) = (rename(&start, new), rename(new, &start));
        let what = Some((table_id(old), new.clone()));
        late.push(Move { sql, back, what, table: old.clone() });
    }
    out.append(&mut late);
    for (table, old, new) in &moves.columns {
        let rename = |old: &str, new: &str| {
            let (table, old, new) = (identifier(table), identifier(old), identifier(new));
            format!("ALTER TABLE {table} RENAME COLUMN {old} TO {new};")
        };
        let object = ObjectId { table: table.clone(), part: Part::Column(old.clone()) };
        let what = Some((object, new.clone()));
        let (sql, back) = (rename(old, new), rename(new, old));
        out.push(Move { sql, back, what, table: table.clone() });
    }
    out
}

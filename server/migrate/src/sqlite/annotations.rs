use crate::plan::Renames;
use crate::sqlite::catalog::{Catalog, Table};
use crate::sqlite::text;
use sqlite3_parser::dialect::TokenType;

/// Marks a rename in a comment, as sqldef does: `name text, -- @renamed from=title`.
const MARK: &str = "@renamed from=";

/// Renames that comments in the definitions of `to` declare, as far as they are still to be done.
///
/// A comment before the first column speaks of the table, a later one of the column before it.
#[must_use]
pub fn declared_renames(from: &Catalog, to: &Catalog) -> Renames {
    let mut out = Renames::default();
    for table in &to.tables {
        let (own, columns) = marks(table);
        let before = match own.as_deref().and_then(|it| from.table(it)) {
            Some(old) if from.table(&table.name).is_none() && to.table(&old.name).is_none() => {
                out.tables.push((old.name.clone(), table.name.clone()));
                Some(old)
            }
            _ => from.table(&table.name),
        };
        let Some(before) = before else { continue };
        for (new, old) in columns {
            let is_open = before.column(&old).is_some()
                && before.column(&new).is_none()
                && table.column(&old).is_none()
                && table.column(&new).is_some();
            if is_open {
                out.columns.push((table.name.clone(), old, new));
            }
        }
    }
    out
}

/// The table's old name, and pairs of a column and its old name.
fn marks(table: &Table) -> (Option<String>, Vec<(String, String)>) {
    let sql = &table.sql.0;
    let (mut own, mut columns) = (None, Vec::new());
    if !sql.contains(MARK) {
        return (own, columns);
    }
    let (mut depth, mut column, mut starts, mut end) = (0_u32, None, false, 0);
    for token in text::tokens(sql) {
        note(&sql[end..token.range.start], column.as_ref(), &mut own, &mut columns);
        if starts {
            column = Some(text::unquote(&sql[token.range.clone()]));
        }
        starts = false;
        match token.kind {
            TokenType::TK_LP => {
                depth += 1;
                starts = depth == 1;
            }
            TokenType::TK_RP => depth = depth.saturating_sub(1),
            TokenType::TK_COMMA => starts = depth == 1,
            _ => {}
        }
        end = token.range.end;
    }
    (own, columns)
}

fn note(
    comment: &str,
    column: Option<&String>,
    own: &mut Option<String>,
    columns: &mut Vec<(String, String)>,
) {
    let Some((_, name)) = comment.split_once(MARK) else { return };
    let name = match name.strip_prefix('"').and_then(|it| it.split_once('"')) {
        Some((name, _)) => name,
        None => name
            .split(|it: char| it.is_whitespace() || it == '*' || it == ',')
            .next()
            .unwrap_or_default(),
    };
    match column {
        Some(column) => columns.push((column.clone(), name.to_owned())),
        None => *own = Some(name.to_owned()),
    }
}

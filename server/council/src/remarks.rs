//! Comments in the text of a schema (`-- …`) that stand at a table or a column: above `create table`,
//! or at the end of a line. SQLite has no `comment on`, so that this is where its schemas say what is
//! small, unused or not for everybody.

use crate::ddl::CreateTable;
use crate::sql::{RawStatement, Token};
use std::collections::BTreeMap;

/// What is noted of a table, and of columns of it; nothing where the statement is of another text.
pub(crate) fn remarks(
    text: &str,
    raw: &RawStatement,
    table: &CreateTable,
) -> BTreeMap<Option<String>, String> {
    let mut out: BTreeMap<Option<String>, String> = BTreeMap::new();
    let mut add = |column: Option<String>, said: &str| {
        let all = out.entry(column).or_default();
        *all = if all.is_empty() { said.to_owned() } else { format!("{all}; {said}") };
    };
    let (start, end) = (raw.span.start as usize, raw.span.end as usize);
    if text.get(start..end).is_none() {
        return out;
    }
    if let Some(said) = above(text, start) {
        add(None, &said);
    }
    let end_of_line = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let mut from = start;
    for line in text[start..end_of_line].split_inclusive('\n') {
        let at = comment_at(line, from, &raw.tokens);
        if let Some(at) = at {
            let said = line[at..].trim().trim_start_matches('-').trim();
            // What is behind the end of the table is about all of it, as what closes it is.
            let word = line[..at].trim_start().split([' ', ',', '(', ')', '\t']).next();
            let name = word.map(|it| it.trim_matches(['"', '`', '[', ']']).to_lowercase());
            let column =
                table.columns.iter().map(|it| &it.name).find(|it| Some(*it) == name.as_ref());
            add(column.cloned(), said);
        }
        from += line.len();
    }
    out
}

/// Where the comment of a line begins that starts at `from`: outside of what is read.
fn comment_at(line: &str, from: usize, tokens: &[Token]) -> Option<usize> {
    line.match_indices("--").map(|it| it.0).find(|at| {
        let at = from + at;
        !tokens.iter().any(|it| (it.span.start as usize) < at && at < it.span.end as usize)
    })
}

/// The lines of comment right above a place; those that begin a file are about all of it.
fn above(text: &str, at: usize) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = text[..at].trim_end_matches([' ', '\t']);
    while let Some(before) = rest.strip_suffix('\n') {
        let start = before.rfind('\n').map_or(0, |it| it + 1);
        let Some(said) = before[start..].trim().strip_prefix("--") else { break };
        lines.push(said.trim());
        rest = &before[..start];
    }
    lines.reverse();
    (!lines.is_empty() && !rest.trim().is_empty()).then(|| lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ddl::{Action, read};
    use expect_test::{Expect, expect};
    use migrate::plan::Dialect;
    use std::fmt::Write as _;

    fn check(text: &str, expect: Expect) {
        let mut out = String::new();
        for raw in crate::sql::statements(Dialect::Sqlite, text).expect("it is SQL") {
            let Action::CreateTable(table) = read(&raw) else { continue };
            for (column, said) in remarks(text, &raw, &table) {
                let _ = writeln!(out, "{} {column:?}: {said}", table.name);
            }
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn comments_belong_to_what_they_stand_at() {
        check(
            "-- all of the shop\n\
             create table a (id integer primary key);\n\
             -- about 300 rows,\n\
             -- read all day\n\
             create table b (\n  id integer primary key, -- printed on receipts\n  note text default '--' -- unused\n); -- kept ten years\n\
             create table c (id integer, line text); -- removed in v3\n\
             create table d (id integer);\n",
            expect![[r#"
                b None: about 300 rows, read all day; kept ten years
                b Some("id"): printed on receipts
                b Some("note"): unused
                c None: removed in v3
            "#]],
        );
    }
}

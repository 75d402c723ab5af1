use super::cx::{Cx, Sink};
use super::support::children;
use crate::ddl::{Action, Delete};
use crate::schema::{OnDelete, Table};
use crate::sql::{Cursor, Token, TokenKind, spelt};
use crate::trial::constant_holds;
use model::{Risk, Stake};

declare_rule! {
    /// Rows are deleted, and with them rows of other tables that refer to them and are nowhere named.
    ///
    /// `on delete cascade` follows each row without a word. Rows that are named by their key are let by. A condition that puts a constant in the place of a missing value, such as `coalesce(seen_at, '1970-01-01') < …`, takes every row that has none.
    ///
    /// ```sql,bad
    /// create table users (id bigint primary key, seen date);
    /// create table posts (id bigint primary key, user_id bigint references users (id) on delete cascade);
    /// create index posts_user on posts (user_id);
    /// -- migration
    /// delete from users where seen < '2020-01-01';
    /// ```
    /// ```sql,bad
    /// create table users (id bigint primary key, seen date);
    /// -- migration
    /// delete from users where coalesce(seen, '1970-01-01') < '2020-01-01';
    /// ```
    /// ```sql,good
    /// create table users (id bigint primary key, seen date);
    /// create table posts (id bigint primary key, user_id bigint references users (id) on delete cascade);
    /// create index posts_user on posts (user_id);
    /// -- migration
    /// delete from users where id in (17, 23);
    /// ```
    pub(super) static RULE = {
        name: "cascading-delete",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: cascading_delete,
    }
}

fn cascading_delete(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Delete(Delete { table, filter: Some(filter), .. }) = &step.action else {
            continue;
        };
        let Some(table) = cx.change.old_table(step, table) else { continue };
        let takes = |it: &(&Table, &crate::schema::Target)| it.1.on_delete == OnDelete::Cascade;
        let others: Vec<&str> =
            children(cx, &table.name).filter(takes).map(|it| it.0.name.as_str()).collect();
        if let Some(column) = stands_for_none(filter) {
            let claim = format!(
                "deletes the rows of `{}` that have no `{column}`, as if it were long ago",
                table.name
            );
            sink.report(step, &table.name, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Ask for a value", format!("{column} is not null"));
        }
        if !others.is_empty() && !names_rows(table, filter) {
            let others = others.join("`, `");
            let claim = format!("deletes rows of `{}`, and of `{others}` with them", table.name);
            sink.report(step, &table.name, Risk::Medium, claim).stake(Stake::Data);
        }
    }
}

/// Whether a condition keeps to rows that it names by their key: `id = 5`, `id in (1, 2)`, `id < 100`.
fn names_rows(table: &Table, filter: &[Token]) -> bool {
    let Some([key]) = table.primary_key().map(|it| &it.columns[..]) else { return false };
    let is_constant = |it: &Token| it.kind != TokenKind::Word && it.kind != TokenKind::Name;
    let mut rest = Cursor::new(filter);
    while !rest.is_done() {
        let mut cursor = Cursor::new(rest.until(&["and"]));
        rest.eat("and");
        let is_key = cursor.name().is_some_and(|it| it == *key || it.ends_with(&format!(".{key}")));
        let signs = ["=", "<", "<=", ">", ">=", "between"];
        let is_named = match cursor.eat_any(&signs) {
            Some(_) => cursor.next().is_some_and(is_constant),
            None => cursor.eat("in") && cursor.group().is_some_and(|it| it.iter().all(is_constant)),
        };
        if is_key && is_named {
            return true;
        }
    }
    false
}

/// The column for which a condition takes a constant where it has no value, and then holds.
fn stands_for_none(filter: &[Token]) -> Option<String> {
    let mut cursor = Cursor::new(filter);
    while !cursor.is_done() {
        let part = cursor.until(&["and"]);
        cursor.eat("and");
        let mut it = Cursor::new(part);
        if it.eat_any(&["coalesce", "ifnull"]).is_none() {
            continue;
        }
        let [column, first, ..] = it.group()? else { continue };
        let is_column =
            matches!(column.kind, TokenKind::Word | TokenKind::Name) && first.text == ",";
        if is_column && constant_holds(&spelt(part), &column.text, "null") == Some(true) {
            return Some(column.text.clone());
        }
    }
    None
}

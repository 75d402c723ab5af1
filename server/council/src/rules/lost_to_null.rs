use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::Table;
use crate::sql::{Cursor, Token, TokenKind, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A column is written from itself and from another one that may be null, in a way that makes all of it null.
    ///
    /// `||`, arithmetic and `jsonb_set` give null as soon as one of their operands is null, and the old value is gone. Put `coalesce` around the other, or leave its nulls out.
    ///
    /// ```sql,bad
    /// create table users (id bigint primary key, name text, meta jsonb not null default '{}');
    /// -- migration
    /// update users set meta = jsonb_set(meta, '{name}', to_jsonb(name)) where id < 1000;
    /// ```
    /// ```sqlite,bad
    /// create table users (id integer primary key, first text not null, last text);
    /// -- migration
    /// update users set first = first || ' ' || last where id < 1000;
    /// ```
    /// ```sql,good
    /// create table users (id bigint primary key, name text, meta jsonb not null default '{}');
    /// -- migration
    /// update users set meta = jsonb_set(meta, '{name}', to_jsonb(name)) where name is not null and id < 1000;
    /// ```
    pub(super) static RULE = {
        name: "lost-to-null",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: lost_to_null,
    }
}

fn lost_to_null(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table).filter(|it| !it.assumed) else {
            continue;
        };
        let filter = it.filter.as_deref().map(spelt).unwrap_or_default();
        for (column, value) in &it.sets {
            let keeps = value.iter().any(|it| it.text == *column && it.kind != TokenKind::Text);
            if !keeps || !is_strict(value) {
                continue;
            }
            let Some(other) = nullable(table, column, value) else { continue };
            // Asked for in whatever way, it has a value.
            if crate::simulate::mentions(&filter, &other) {
                continue;
            }
            let object = format!("{}.{column}", table.name);
            let claim = format!("`{object}` becomes null wherever `{other}` is null");
            sink.report(step, &object, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Take something in its place", format!("coalesce({other}, '')"));
        }
    }
}

/// Whether an expression is null as soon as a part of it is.
fn is_strict(value: &[Token]) -> bool {
    let is_call = Cursor::new(value).eat_any(&["jsonb_set", "jsonb_insert", "replace"]).is_some();
    let mut cursor = Cursor::new(value);
    cursor.until(&["||", "+", "-", "*"]);
    is_call || !cursor.is_done()
}

/// A column that may be null and stands outside of what looks after that.
fn nullable(table: &Table, own: &str, value: &[Token]) -> Option<String> {
    const CARES: [&str; 8] = [
        "coalesce",
        "ifnull",
        "concat",
        "concat_ws",
        "case",
        "jsonb_build_object",
        "json_object",
        "nullif",
    ];
    let mut cursor = Cursor::new(value);
    while let Some(token) = cursor.next() {
        if CARES.contains(&token.text.as_str()) && token.kind == TokenKind::Word {
            if token.text == "case" {
                return None;
            }
            cursor.group();
            continue;
        }
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::Name) && !cursor.sees("(");
        let column = table.column(&token.text).filter(|_| is_name && token.text != own);
        if column.is_some_and(|it| !it.not_null && it.default.is_none()) {
            return Some(token.text.clone());
        }
    }
    None
}

use super::cx::{Cx, Sink};
use crate::schema::{Column, Type};
use crate::types::is_alike;
use crate::wanted::wanted;
use crate::{ddl, sql};
use migrate::plan::Dialect;
use model::Risk;

declare_rule! {
    /// A column gets another kind of type than the spec gives it.
    ///
    /// Numbers of any width are one kind, and texts of any length; a text is no number, and a day is no number either.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes add column stars text;
    /// -- spec
    /// # Notes
    ///
    /// ## Data model
    ///
    /// ### notes
    ///
    /// | Field | Type |
    /// | --- | --- |
    /// | id | bigint |
    /// | stars | integer |
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes add column stars smallint;
    /// -- spec
    /// # Notes
    ///
    /// ## Data model
    ///
    /// ### notes
    ///
    /// | Field | Type |
    /// | --- | --- |
    /// | id | bigint |
    /// | stars | integer |
    /// ```
    pub(super) static RULE = {
        name: "other-type-than-spec",
        group: Spec,
        class: Spec,
        since: "0.1.0",
        check: other_type_than_spec,
    }
}

fn other_type_than_spec(cx: &Cx, sink: &mut Sink<'_>) {
    // SQLite stores a day, a moment and a UUID as text.
    if !cx.is_postgres() {
        return;
    }
    for wanted in wanted(&cx.subject) {
        let Some(table) = cx.change.after.table(&wanted.name) else { continue };
        let old = cx.change.before.table_of(table.id);
        for (name, kind) in &wanted.columns {
            let (Some(column), Some(kind)) = (table.column(name), kind.as_deref().and_then(read))
            else {
                continue;
            };
            let is_touched = |it: &Column| it.kind != column.kind;
            if old.and_then(|it| it.column_of(column.id)).is_none_or(is_touched)
                && is_of_another_kind(&column.kind, &kind)
            {
                let object = format!("{}.{name}", table.name);
                let claim = format!(
                    "`{object}` becomes {}, where the spec says {}",
                    column.kind.base, kind.base
                );
                sink.whole(&object, Risk::Medium, claim);
            }
        }
    }
}

/// A type as a spec writes it; `None` for what is no type of the engine.
fn read(text: &str) -> Option<Type> {
    let create = format!("create table t (c {text})");
    let statements = sql::statements(Dialect::Postgres, &create).ok()?;
    match ddl::read(statements.first()?) {
        ddl::Action::CreateTable(it) => it.columns.first().map(|it| it.kind.clone()),
        _ => None,
    }
}

/// Only for types that mean the same to everybody.
fn is_of_another_kind(a: &Type, b: &Type) -> bool {
    const NUMBERS: [&str; 10] = [
        "smallint",
        "integer",
        "bigint",
        "smallserial",
        "serial",
        "bigserial",
        "numeric",
        "real",
        "double precision",
        "money",
    ];
    const OTHERS: [&str; 14] = [
        "text",
        "varchar",
        "char",
        "citext",
        "uuid",
        "boolean",
        "bool",
        "date",
        "timestamp",
        "timestamptz",
        "time",
        "json",
        "jsonb",
        "bytea",
    ];
    let is_number = |it: &Type| NUMBERS.contains(&it.base.as_str());
    let is_known = |it: &Type| is_number(it) || OTHERS.contains(&it.base.as_str());
    let is_bool = |it: &Type| it.base.starts_with("bool");
    is_known(a)
        && is_known(b)
        && !(is_number(a) && is_number(b))
        && !(is_bool(a) && is_bool(b))
        && !is_alike(a, b)
}

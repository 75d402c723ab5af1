use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::Table;
use crate::shared::Shared;
use crate::simulate::{mentions, sources};
use crate::sql::{Cursor, Token, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// `not in (select …)` over a column that may be null: as soon as one is, the condition holds for no row, and the statement does nothing.
    ///
    /// What is compared with null is neither true nor false. Leave nulls out, or write `not exists`.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key);
    /// create table cards (id bigint primary key, person_id bigint);
    /// -- migration
    /// delete from people where id not in (select person_id from cards) and id < 500;
    /// ```
    /// ```sql,good
    /// create table people (id bigint primary key);
    /// create table cards (id bigint primary key, person_id bigint);
    /// -- migration
    /// delete from people where id not in (select person_id from cards where person_id is not null) and id < 500;
    /// ```
    pub(super) static RULE = {
        name: "null-in-list",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: null_in_list,
    }
}

fn null_in_list(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let filter = match &step.action {
            Action::Delete(it) => &it.filter,
            Action::Update(it) => &it.filter,
            _ => continue,
        };
        let tokens = filter.as_deref().unwrap_or_default();
        let tables = &step.schema.tables;
        if let Some((table, column)) =
            (0..tokens.len()).find_map(|at| nullable(&tokens[at..], tables))
        {
            let object = format!("{table}.{column}");
            let claim = format!("does nothing as soon as one `{object}` is null");
            sink.report(step, &object, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Leave nulls out", format!("where {column} is not null"));
        }
    }
}

/// Table and column of `not in (select c from t …)`, where `c` may be null and nothing leaves nulls
/// out.
fn nullable(tokens: &[Token], tables: &Shared<Table>) -> Option<(String, String)> {
    let mut cursor = Cursor::new(tokens);
    let query = cursor.eat("not in").then(|| cursor.group()).flatten()?;
    let of = sources(query);
    let [name] = &of[..] else { return None };
    let table = tables.iter().find(|it| it.name == *name && !it.assumed)?;
    let mut inner = Cursor::new(query);
    inner.eat("select").then_some(())?;
    inner.eat("distinct");
    let [.., column] = inner.until(&["from"]) else { return None };
    let is_null = table.column(&column.text).is_some_and(|it| !it.not_null);
    let is_left_out = inner.find("where") && mentions(&spelt(inner.rest()), &column.text);
    (is_null && !is_left_out).then(|| (table.name.clone(), column.text.clone()))
}

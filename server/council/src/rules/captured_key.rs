use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::{Schema, Table};
use crate::simulate::sources;
use crate::sql::{Cursor, Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// A query within a condition asks its table for a column that only the outer table has: it gives back the outer row's own value, and the condition holds for every row.
    ///
    /// SQL looks for a name in the inner tables first and then in the outer ones, and says nothing. Write the name of the table before each column of a query.
    ///
    /// ```sql,bad
    /// create table tags (id bigint primary key, name text);
    /// create table taggings (id bigint primary key, tag_id bigint not null);
    /// -- migration
    /// delete from taggings where tag_id in (select tag_id from tags where name = 'old');
    /// ```
    /// ```sqlite,bad
    /// create table tags (id integer primary key, name text);
    /// create table taggings (id integer primary key, tag_id integer not null, weight integer);
    /// -- migration
    /// update taggings set weight = 0 where tag_id in (select tag_id from tags where name = 'old');
    /// ```
    /// ```sql,good
    /// create table tags (id bigint primary key, name text);
    /// create table taggings (id bigint primary key, tag_id bigint not null);
    /// -- migration
    /// delete from taggings where tag_id in (select tags.id from tags where name = 'old');
    /// ```
    pub(super) static RULE = {
        name: "captured-key",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: captured_key,
    }
}

fn captured_key(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (name, filter) = match &step.action {
            Action::Delete(it) => (&it.table, &it.filter),
            Action::Update(it) => (&it.table, &it.filter),
            _ => continue,
        };
        let (Some(table), Some(filter)) = (cx.change.old_table(step, name), filter) else {
            continue;
        };
        if let Some((column, inner)) = captured(&step.schema, table, filter) {
            let object = format!("{}.{column}", table.name);
            let claim = format!(
                "`{inner}` has no `{column}`: the query gives each row of `{}` its own back",
                table.name
            );
            sink.report(step, &object, Risk::Critical, claim)
                .stake(Stake::Data)
                .fix("Name the table of the column", format!("{inner}."));
        }
    }
}

/// `c in (select c from t …)`, where `t` has no `c`: the column, and `t`.
fn captured(schema: &Schema, outer: &Table, filter: &[Token]) -> Option<(String, String)> {
    (0..filter.len()).find_map(|at| {
        let mut cursor = Cursor::new(&filter[at..]);
        let query = cursor.eat("in").then(|| cursor.group()).flatten()?;
        let mut inner = Cursor::new(query);
        inner.eat("select").then_some(())?;
        inner.eat("distinct");
        let [chosen] = inner.until(&["from"]) else { return None };
        let is_name = matches!(chosen.kind, TokenKind::Word | TokenKind::Name);
        let of = sources(query);
        let tables: Option<Vec<&Table>> = of.iter().map(|it| schema.table(it)).collect();
        let tables = tables.filter(|it| !it.is_empty())?;
        let is_known = |it: &&Table| {
            !it.assumed && !it.columns.is_empty() && it.column(&chosen.text).is_none()
        };
        let is_captured =
            is_name && outer.column(&chosen.text).is_some() && tables.iter().all(is_known);
        is_captured.then(|| (chosen.text.clone(), tables[0].name.clone()))
    })
}

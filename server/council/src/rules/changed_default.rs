use super::cx::{Cx, Sink};
use super::support::{kept_columns, literal, successor};
use crate::schema::{Schema, Table};
use crate::simulate::mentions;
use crate::sql::{Cursor, pieces};
use model::{Risk, Stake};

declare_rule! {
    /// New rows get another value where something waits for the old one.
    ///
    /// An index or a view of the rows that are `'pending'` stays empty when new ones are `'ok'`; a function that leaves the column out and elsewhere writes the old value itself takes it for granted. Change the readers and the writers with it, or write the new value where it is meant.
    ///
    /// ```sql,bad
    /// create table photos (id bigint primary key, state text not null default 'pending');
    /// create index photos_queue on photos (id) where state = 'pending';
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table photos alter column state set default 'ok';
    /// ```
    /// ```sql,bad
    /// create table readings (id bigint primary key, kwh numeric, quality text not null default 'M');
    /// create function put(n bigint, v numeric) returns void language sql as $$ insert into readings (id, kwh) values (n, v) on conflict (id) do update set kwh = excluded.kwh, quality = 'M' $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table readings alter column quality set default 'E';
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, plan text not null default 'free');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column plan set default 'trial';
    /// ```
    pub(super) static RULE = {
        name: "changed-default",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: changed_default,
    }
}

fn changed_default(cx: &Cx, sink: &mut Sink<'_>) {
    for (old, was, now) in kept_columns(cx) {
        let value = |it: &Option<String>| it.as_deref().and_then(literal);
        let (Some(from), Some(to)) = (value(&was.default), value(&now.default)) else { continue };
        let Some(table) = successor(cx, old).filter(|_| from != to) else { continue };
        let after = &cx.change.after;
        let reader = waiting(after, table, &now.name, &from).or_else(|| {
            writer(after, table, &now.name, &from).map(|it| (it, "leaves it out and counts on"))
        });
        if let Some((reader, does)) = reader {
            let object = format!("{}.{}", table.name, now.name);
            let claim =
                format!("new rows have `{to}` in `{object}`, and `{reader}` {does} `{from}`");
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Data)
                .fix("Change what counts on the old value first", "");
        }
    }
}

/// An index or a view of the rows with a value.
fn waiting<'s>(
    schema: &'s Schema,
    table: &'s Table,
    column: &str,
    value: &str,
) -> Option<(&'s str, &'static str)> {
    let asked = format!("{column} = '{value}'");
    let asks = |text: &str| {
        text.match_indices(&asked)
            .any(|(at, _)| !text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_'))
    };
    let mut indexes = table.indexes.iter();
    let index = indexes.find(|it| it.filter.as_deref().is_some_and(asks)).map(|it| &*it.name);
    let mut views = schema.views.iter().filter(|it| it.reads.contains(&table.name));
    let found = index.or_else(|| views.find(|it| asks(&it.query)).map(|it| &*it.name));
    found.map(|it| (it, "is for rows with"))
}

/// A function that writes rows without the column, and elsewhere writes a value into it.
fn writer<'s>(schema: &'s Schema, table: &Table, column: &str, value: &str) -> Option<&'s str> {
    let text = format!("'{value}'");
    let leaves_out = |body: &str| {
        pieces(body).iter().any(|it| {
            let mut cursor = Cursor::new(&it.tokens);
            while cursor.find("insert into") {
                if cursor.name().as_ref() == Some(&table.name)
                    && let Some(list) = cursor.group()
                    && !list.iter().any(|it| it.text == column)
                {
                    return true;
                }
            }
            false
        })
    };
    let counts_on = |body: &str| mentions(&body.to_lowercase(), column) && body.contains(&text);
    let mut functions = schema.functions.iter();
    functions.find(|it| counts_on(&it.body) && leaves_out(&it.body)).map(|it| &*it.name)
}

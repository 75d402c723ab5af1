use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::{Cursor, Token, TokenKind, by_commas};
use model::{Risk, Stake};

declare_rule! {
    /// An upsert takes values away from a row that is there.
    ///
    /// `do update set note = null` empties `note` of the row that the new one collides with. Set what the new row brings, or `do nothing`.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, note text);
    /// -- migration
    /// insert into accounts (id, email) values (1, 'a') on conflict (id) do update set email = excluded.email, note = null;
    /// ```
    /// ```sqlite,bad
    /// create table accounts (id integer primary key, email text, note text);
    /// -- migration
    /// insert into accounts (id, email) values (1, 'a') on conflict (id) do update set note = '';
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, note text);
    /// -- migration
    /// insert into accounts (id, email) values (1, 'a') on conflict (id) do update set email = excluded.email, note = coalesce(accounts.note, '');
    /// ```
    pub(super) static RULE = {
        name: "overwriting-upsert",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: overwriting_upsert,
    }
}

fn overwriting_upsert(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Insert { table, .. } = &step.action else { continue };
        if cx.change.old_table(step, table).is_none() {
            continue;
        }
        let emptied = emptied(&step.raw.tokens);
        if !emptied.is_empty() {
            let claim =
                format!("a row of `{table}` that is there loses its {}", emptied.join(", "));
            sink.report(step, table, Risk::Medium, claim)
                .stake(Stake::Data)
                .fix("Set what the new row brings", "");
        }
    }
}

/// Columns that `do update set` gives nothing.
fn emptied(tokens: &[Token]) -> Vec<String> {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("do update set") {
        return Vec::new();
    }
    let is_nothing =
        |it: &Token| it.text == "null" || (it.kind == TokenKind::Text && it.text.is_empty());
    let parts = by_commas(cursor.until(&["where", "returning"])).into_iter();
    let is_emptied = |it: &&[Token]| it.len() == 3 && it[1].text == "=" && is_nothing(&it[2]);
    parts.filter(is_emptied).map(|it| format!("`{}`", it[0].text)).collect()
}

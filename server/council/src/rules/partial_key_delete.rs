use super::cx::{Cx, Sink};
use crate::ddl::{Action, Delete};
use crate::schema::Table;
use crate::simulate::sources;
use crate::sql::{Cursor, Token, TokenKind, by_commas};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// Twins are deleted that are none: rows are compared by some columns of a key, and the rest of it keeps them apart.
    ///
    /// Where `(org, person)` is unique, two rows of one person are two memberships. Compare all columns of the key, or say which rows are meant.
    ///
    /// ```sql,bad
    /// create table seats (id bigint primary key, room bigint not null, person bigint not null, unique (room, person));
    /// -- migration
    /// delete from seats a using seats b where a.person = b.person and a.id > b.id;
    /// ```
    /// ```sqlite,bad
    /// create table seats (id integer primary key, room integer not null, person integer not null, unique (room, person));
    /// -- migration
    /// delete from seats where id not in (select max(id) from seats group by person);
    /// ```
    /// ```sql,good
    /// create table seats (id bigint primary key, room bigint not null, person bigint not null);
    /// -- migration
    /// delete from seats a using seats b where a.person = b.person and a.room = b.room and a.id > b.id;
    /// ```
    pub(super) static RULE = {
        name: "partial-key-delete",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: partial_key_delete,
    }
}

fn partial_key_delete(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Delete(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let compared = compared(it, &step.raw.tokens, table);
        let is_part =
            |key: &&BTreeSet<String>| compared.len() < key.len() && compared.is_subset(key);
        let keys: Vec<BTreeSet<String>> =
            table.unique_keys().into_iter().map(|it| it.into_iter().collect()).collect();
        let Some(key) = keys.iter().find(is_part).filter(|_| !compared.is_empty()) else {
            continue;
        };
        let apart: Vec<&str> = key.difference(&compared).map(String::as_str).collect();
        let claim = format!(
            "deletes rows of `{}` that are alike in {}, and that `{}` keeps apart",
            table.name,
            compared.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "),
            apart.join("`, `")
        );
        sink.report(step, &table.name, Risk::Critical, claim)
            .stake(Stake::Data)
            .fix("Compare all columns of the key", "");
    }
}

/// The columns by which rows of the table are taken for the same one.
fn compared(it: &Delete, tokens: &[Token], table: &Table) -> BTreeSet<String> {
    let is_column = |it: &String| table.column(it).is_some();
    if !sources(tokens).contains(&table.name) && it.using.is_empty() {
        return BTreeSet::new();
    }
    for (word, stops) in
        [("group by", ["having", "order", "limit"]), ("partition by", ["order", "rows", "range"])]
    {
        if let Some(at) = position(tokens, word) {
            let mut cursor = Cursor::new(&tokens[at..]);
            cursor.eat(word);
            let list = Cursor::new(cursor.rest()).until(&stops);
            // The list ends with the parentheses around it.
            let end = closing(list);
            let columns = by_commas(&list[..end]).into_iter();
            return columns
                .filter_map(|it| it.last())
                .map(|it| it.text.clone())
                .filter(is_column)
                .collect();
        }
    }
    let names_itself = it.using.iter().any(|of| of.text == table.name)
        || position(tokens, "exists").is_some() && sources(tokens).contains(&table.name);
    if !names_itself {
        return BTreeSet::new();
    }
    let pairs = tokens.windows(7).filter(|it| {
        it[1].text == "."
            && it[3].text == "="
            && it[5].text == "."
            && it[2].text == it[6].text
            && it[0].text != it[4].text
    });
    pairs.map(|it| it[2].text.clone()).filter(is_column).collect()
}

/// Where words stand, at any depth.
fn position(tokens: &[Token], words: &str) -> Option<usize> {
    (0..tokens.len()).find(|at| Cursor::new(&tokens[*at..]).sees(words))
}

/// Where a parenthesis closes that was open before.
fn closing(tokens: &[Token]) -> usize {
    let mut depth = 0_i32;
    let at = tokens.iter().position(|it| {
        if it.kind == TokenKind::Sign {
            depth += match it.text.as_str() {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
        }
        depth < 0
    });
    at.unwrap_or(tokens.len())
}

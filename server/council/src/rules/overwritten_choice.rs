use super::cx::{Cx, Sink};
use super::told::comment_before;
use crate::ddl::{Action, OnConflict};
use crate::schema::{Column, Table};
use crate::sql::{Cursor, Token, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A setting that somebody has chosen is written over with a constant.
    ///
    /// `insert or replace` and `do update set value = excluded.value` make no difference between what was delivered and what was chosen since. Add what is missing with `do nothing`, or change the rows only that still hold the old default.
    ///
    /// ```sqlite,bad
    /// create table options (key text primary key, value text);
    /// -- migration
    /// insert or replace into options (key, value) values ('font', 'serif');
    /// ```
    /// ```sql,bad
    /// create table user_settings (key text primary key, value text);
    /// -- migration
    /// insert into user_settings (key, value) values ('font', 'serif') on conflict (key) do update set value = excluded.value;
    /// ```
    /// ```sql,bad
    /// create table rates (zone text primary key, price integer not null);
    /// comment on column rates.price is 'edited by the carriers in their back office';
    /// -- migration
    /// insert into rates (zone, price) values ('A', 550) on conflict (zone) do update set price = excluded.price;
    /// ```
    /// ```sqlite,good
    /// create table options (key text primary key, value text);
    /// -- migration
    /// insert or ignore into options (key, value) values ('font', 'serif');
    /// update options set value = 'serif' where key = 'font' and value = 'default';
    /// ```
    pub(super) static RULE = {
        name: "overwritten-choice",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: overwritten_choice,
    }
}

fn overwritten_choice(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Insert { table: name, on_conflict } = &step.action else { continue };
        let writes_over = *on_conflict == Some(OnConflict::Replace) || takes_new(&step.raw.tokens);
        let Some(table) = cx.change.old_table(step, name) else { continue };
        if let Some(column) = edited(cx, table, &step.raw.tokens).filter(|_| writes_over) {
            let claim = format!("what people have entered in `{}.{column}` is lost", table.name);
            sink.report(step, name, Risk::Medium, claim)
                .stake(Stake::Data)
                .fix("Add what is missing, and leave what is there", "");
            continue;
        }
        if !is_settings(table) {
            continue;
        }
        // What another statement gives is no constant.
        let is_constant = !step.raw.tokens.iter().any(|it| it.text == "select");
        if writes_over && is_constant {
            let claim = format!("settings in `{}` that somebody has chosen are lost", table.name);
            sink.report(step, name, Risk::Medium, claim)
                .stake(Stake::Data)
                .fix("Add what is missing, and leave what is there", "");
        }
    }
}

/// Whether an upsert puts the new value in the place of the old one.
fn takes_new(tokens: &[Token]) -> bool {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("do update set") {
        return false;
    }
    let set = cursor.until(&["where", "returning"]);
    // A condition behind it says which rows.
    cursor.is_done() && spelt(set).contains("= excluded.")
}

/// A column that an upsert sets and that people edit, as its comment says.
fn edited<'a>(cx: &Cx, table: &'a Table, tokens: &[Token]) -> Option<&'a str> {
    const SAYS: [&str; 9] = [
        "edited",
        "changed by",
        "set by",
        "chosen",
        "entered",
        "maintained",
        "adjusted",
        "by hand",
        "customi",
    ];
    let mut cursor = Cursor::new(tokens);
    let set =
        if cursor.find("do update set") { cursor.until(&["where", "returning"]) } else { tokens };
    let is_set = |it: &&Column| set.iter().any(|of| of.text == it.name);
    let says = |it: &&Column| {
        comment_before(cx, it.id).is_some_and(|text| SAYS.iter().any(|it| text.contains(it)))
    };
    table.columns.iter().filter(is_set).find(says).map(|it| it.name.as_str())
}

/// Whether a table holds what people choose: a name and a value, or one that says so.
fn is_settings(table: &Table) -> bool {
    const WORDS: [&str; 8] = [
        "settings",
        "setting",
        "preferences",
        "preference",
        "prefs",
        "options",
        "option",
        "config",
    ];
    let has = |names: &[&str]| table.columns.iter().any(|it| names.contains(&it.name.as_str()));
    let is_pairs =
        table.columns.len() <= 4 && has(&["key", "name", "k"]) && has(&["value", "val", "v"]);
    let is_named = table.name.split(['_', '.']).any(|it| WORDS.contains(&it));
    is_named && (is_pairs || has(&["user_id", "member_id", "account_id", "owner_id"]))
}

use super::cx::{Cx, Sink};
use super::support::client_risk;
use crate::schema::{Schema, Table, Trigger};
use crate::simulate::{fields, mentions};
use crate::sql::pieces;
use model::{Risk, Stake};

declare_rule! {
    /// A trigger asks its row for a column that the table does not have: each write of the table fails.
    ///
    /// The engine does not look into the body when the trigger is made, or when a column goes. On a delete there is no `new` either, and on an insert no `old`: what is read there is null.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
    /// create trigger notes_touch before update on notes for each row execute function touch();
    /// ```
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text);
    /// create table log (note bigint not null);
    /// create function keep() returns trigger language plpgsql as $$ begin insert into log (note) values (new.id); return new; end $$;
    /// create trigger notes_log after update on notes for each row execute function keep();
    /// -- migration
    /// set lock_timeout = '2s';
    /// create or replace trigger notes_log after update or delete on notes for each row execute function keep();
    /// ```
    /// ```sqlite,bad
    /// create table notes (id integer primary key, body text);
    /// create table log (line text);
    /// -- migration
    /// create trigger notes_log after update on notes begin insert into log (line) values (new.title); end;
    /// ```
    /// ```sqlite,good
    /// create table notes (id integer primary key, body text);
    /// create table log (line text);
    /// -- migration
    /// alter table notes add column title text;
    /// create trigger notes_log after update on notes begin insert into log (line) values (new.title); end;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// create function touch() returns trigger language plpgsql as $$ begin new.email := lower(new.email); return new; end $$;
    /// create trigger touch before insert on accounts for each row execute function touch();
    /// -- migration
    /// create or replace function touch() returns trigger language plpgsql as $$ begin new.email := btrim(new.email); end $$;
    /// ```
    pub(super) static RULE = {
        name: "broken-trigger",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: broken_trigger,
    }
}

fn broken_trigger(cx: &Cx, sink: &mut Sink<'_>) {
    for table in &cx.change.after.tables {
        let old = cx.change.before.table_of(table.id);
        for trigger in &table.triggers {
            let Some(column) = missing(&cx.change.after, table, trigger) else { continue };
            let was = old.and_then(|it| it.triggers.iter().find(|it| it.name == trigger.name));
            let was = old.zip(was).and_then(|(old, it)| missing(&cx.change.before, old, it));
            if was.as_ref() == Some(&column) {
                continue;
            }
            let claim = format!(
                "writes of `{}` fail: `{}` asks for `{column}`, which it does not have",
                table.name, trigger.name
            );
            sink.whole(&trigger.name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
        for trigger in &table.triggers {
            let Some(function) = without_return(&cx.change.after, trigger) else { continue };
            if without_return(&cx.change.before, trigger).is_none() {
                let claim = format!("writes of `{}` fail: `{function}` returns no row", table.name);
                sink.whole(&trigger.name, Risk::High, claim)
                    .stake(Stake::Service)
                    .fix("End it with `return new`", "");
            }
        }
        for trigger in &table.triggers {
            let now = empty_row(&cx.change.after, trigger);
            let was = old.and_then(|it| it.triggers.iter().find(|it| it.name == trigger.name));
            let was = was.and_then(|it| empty_row(&cx.change.before, it));
            if let Some((event, row)) = now.filter(|it| was != Some(*it)) {
                let claim = format!(
                    "`{}` reads `{row}` on each {event} of `{}`, where it is null: writes fail, or write nothing down",
                    trigger.name, table.name
                );
                sink.whole(&trigger.name, Risk::High, claim)
                    .stake(Stake::Service)
                    .fix("Ask `tg_op` first", "");
            }
        }
    }
}

/// The function of a trigger that comes to its end without `return`.
fn without_return<'s>(schema: &'s Schema, trigger: &Trigger) -> Option<&'s str> {
    let name = trigger.function.as_ref()?;
    let function = schema.functions.iter().find(|it| it.name == *name)?;
    let body = function.body.to_lowercase();
    let ends = ["return", "raise"].iter().any(|it| mentions(&body, it));
    (function.language == "plpgsql" && !body.is_empty() && !ends).then_some(&function.name)
}

/// An event on which a trigger runs, and the row that its function reads and that the event has not.
fn empty_row(schema: &Schema, trigger: &Trigger) -> Option<(&'static str, &'static str)> {
    let function = trigger.function.as_ref()?;
    let body = schema.functions.iter().find(|it| it.name == *function)?.body.to_lowercase();
    const ASKS_FIRST: [&str; 10] = [
        "tg_op =",
        "tg_op=",
        "tg_op in",
        "tg_op <>",
        "tg_op !=",
        "case tg_op",
        "new is null",
        "old is null",
        "new is not null",
        "old is not null",
    ];
    if ASKS_FIRST.iter().any(|it| body.contains(it)) || !trigger.is_each_row {
        return None;
    }
    let runs_on = |event: &str| trigger.events.iter().any(|it| it == event);
    let reads = |row: &str| {
        body.match_indices(row).any(|(at, _)| {
            let before = body[..at].trim_end();
            let is_name =
                body[..at].ends_with(|it: char| it.is_alphanumeric() || "_.".contains(it));
            // It may well be null.
            !is_name && !before.ends_with("coalesce(")
        })
    };
    let skips =
        trigger.timing == "before" && body.contains("return new") && !body.contains("return old");
    if runs_on("delete") && (reads("new.") || skips) {
        return Some(("delete", "new"));
    }
    // That an old value is null is often asked in other words: `is distinct from`, `coalesce`.
    (runs_on("insert") && reads("old.") && !body.contains("distinct") && !body.contains("coalesce"))
        .then_some(("insert", "old"))
}

/// A column that a trigger asks its row for, and that is not there.
fn missing(schema: &Schema, table: &Table, trigger: &Trigger) -> Option<String> {
    if table.assumed || table.columns.iter().any(|it| it.name.is_empty()) {
        return None;
    }
    let function = trigger.function.as_ref();
    let body = function.and_then(|name| schema.functions.iter().find(|it| it.name == *name));
    let asked = match body {
        // One for several tables asks which it is.
        Some(it)
            if ["tg_table_name", "tg_relname", "tg_argv", "tg_table_schema"]
                .iter()
                .any(|word| it.body.to_lowercase().contains(word)) =>
        {
            return None;
        }
        Some(it) => pieces(&it.body).iter().flat_map(|it| fields(&it.tokens)).collect(),
        None => trigger.fields.clone(),
    };
    const HIDDEN: [&str; 6] = ["rowid", "oid", "_rowid_", "ctid", "tableoid", "xmin"];
    asked.into_iter().find(|name| {
        let is_there = table.columns.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        !is_there && !HIDDEN.contains(&name.as_str())
    })
}

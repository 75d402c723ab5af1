use super::cx::{Cx, Sink};
use super::support::client_risk;
use crate::schema::{Schema, Table};
use crate::simulate::mentions;
use crate::sql::{Cursor, Token, by_commas, pieces, spelt};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// Code names a constraint or a key in `on conflict` that is not there any more: each call of it fails.
    ///
    /// The server looks for it when the code runs, and not when it is renamed or dropped. Change the function in the same migration.
    ///
    /// ```sql,bad
    /// create table marks (id bigint primary key, pupil bigint, exam bigint, points integer, constraint marks_one unique (pupil, exam));
    /// create function mark(p bigint, e bigint, n integer) returns void language sql as $$ insert into marks (pupil, exam, points) values (p, e, n) on conflict on constraint marks_one do update set points = excluded.points $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table marks rename constraint marks_one to marks_pupil_exam;
    /// ```
    /// ```sql,good
    /// create table marks (id bigint primary key, pupil bigint, exam bigint, points integer, constraint marks_one unique (pupil, exam));
    /// create function mark(p bigint, e bigint, n integer) returns void language sql as $$ insert into marks (pupil, exam, points) values (p, e, n) on conflict (pupil, exam) do update set points = excluded.points $$;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table marks rename constraint marks_one to marks_pupil_exam;
    /// ```
    pub(super) static RULE = {
        name: "broken-upsert",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: broken_upsert,
    }
}

fn broken_upsert(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for function in &after.functions {
        if !mentions(&function.body.to_lowercase(), "conflict") {
            continue;
        }
        for piece in pieces(&function.body) {
            let Some(wanted) = wanted(&piece.tokens) else { continue };
            if !is_met(before, &wanted) || is_met(after, &wanted) {
                continue;
            }
            let what = match &wanted.arbiter {
                Arbiter::Named(name) => format!("the constraint `{name}`"),
                Arbiter::Columns(keys) => {
                    format!(
                        "a unique key of `{}`",
                        keys.iter().cloned().collect::<Vec<_>>().join(", ")
                    )
                }
            };
            let claim = format!(
                "`{}` asks for {what} of `{}`, which is not there any more: each call fails",
                function.name, wanted.table
            );
            sink.whole(&function.object(), client_risk(cx, Risk::High), claim)
                .stake(Stake::Service)
                .fix("Change the function in the same migration", "");
        }
    }
}

/// What an upsert needs to be there.
struct Wanted {
    table: String,
    arbiter: Arbiter,
}

enum Arbiter {
    Named(String),
    Columns(BTreeSet<String>),
}

fn wanted(tokens: &[Token]) -> Option<Wanted> {
    let at = (0..tokens.len()).find(|at| Cursor::new(&tokens[*at..]).sees("insert into"))?;
    let mut cursor = Cursor::new(&tokens[at..]);
    cursor.eat("insert into");
    let table = cursor.name()?;
    if !cursor.find("on conflict") {
        return None;
    }
    if cursor.eat("on constraint") {
        return Some(Wanted { table, arbiter: Arbiter::Named(cursor.ident()?) });
    }
    let keys = by_commas(cursor.group()?).into_iter().map(spelt).collect();
    Some(Wanted { table, arbiter: Arbiter::Columns(keys) })
}

fn is_met(schema: &Schema, wanted: &Wanted) -> bool {
    let Some(table) = schema.table(&wanted.table).filter(|it| !it.assumed) else { return false };
    match &wanted.arbiter {
        Arbiter::Named(name) => table.constraints.iter().any(|it| it.name == *name),
        Arbiter::Columns(keys) => has_key(table, keys),
    }
}

fn has_key(table: &Table, keys: &BTreeSet<String>) -> bool {
    let same = |it: &[String]| it.iter().cloned().collect::<BTreeSet<_>>() == *keys;
    table.unique_keys().iter().any(|it| same(it))
        || table.indexes.iter().any(|it| it.is_unique && same(&it.keys))
}

use super::cx::{Cx, Sink};
use super::support::rebuilt;
use crate::change::Step;
use crate::ddl::Action;
use crate::logic::is_always_true_of;
use crate::schema::{ConstraintKind, Table};
use crate::simulate::sources;
use crate::sql::{Cursor, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A table is replaced by a copy that has only some of its rows, and the others are dropped with it.
    ///
    /// A condition, a limit, a join or a grouping leaves rows out; `or ignore`, `or replace` and `on conflict do nothing` leave out those that a new key refuses, without a word. Copy all rows, and settle the ones that do not fit in a step of its own.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key, email text, active boolean);
    /// -- migration
    /// create table people_new (like people including all);
    /// insert into people_new select * from people where active;
    /// drop table people;
    /// alter table people_new rename to people;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text unique);
    /// insert or ignore into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text, m text);
    /// insert into p_new (id, n) select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "partial-copy",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: partial_copy,
    }
}

fn partial_copy(cx: &Cx, sink: &mut Sink<'_>) {
    moved_in_part(cx, sink);
    for old in &cx.change.before.tables {
        let Some(new) = rebuilt(cx, old) else { continue };
        let copies: Vec<&Step> = cx.change.steps.iter().filter(|it| copies(it, old, new)).collect();
        // Of several copies each may have a part.
        let [step] = copies[..] else { continue };
        let Some(why) = left_out(step, old, new) else { continue };
        let claim = format!(
            "copies rows of `{}` into what takes its place, and drops the rest: {why}",
            old.name
        );
        sink.report(step, &old.name, Risk::High, claim)
            .stake(Stake::Data)
            .fix("Copy every row", "");
    }
}

/// `with moved as (delete … returning …) insert … select … from moved` that leaves some out.
fn moved_in_part(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Delete(it) = &step.action else { continue };
        let mut cursor = Cursor::new(&step.raw.tokens);
        if cx.change.old_table(step, &it.table).is_none() || !cursor.eat("with") {
            continue;
        }
        let Some(moved) = cursor.ident() else { continue };
        if !cursor.find("insert into") || !sources(cursor.rest()).contains(&moved) {
            continue;
        }
        let cuts = ["where", "limit", "having", "distinct", "on conflict", "join", "group by"];
        if let Some(word) = cuts.iter().find(|it| cursor.clone().find(it)) {
            let claim =
                format!("moves rows of `{}`, and drops those that `{word}` leaves out", it.table);
            sink.report(step, &it.table, Risk::High, claim)
                .stake(Stake::Data)
                .fix("Say which rows when they are deleted", "");
        }
    }
}

fn copies(step: &Step, old: &Table, new: &Table) -> bool {
    let is_into = match &step.action {
        Action::Insert { table, .. } => step.schema.table(table).is_some_and(|it| it.id == new.id),
        Action::CreateTable(it) => it.query.is_some(),
        _ => false,
    };
    let name = step.schema.table_of(old.id).map(|it| &it.name);
    is_into && name.is_some_and(|it| sources(&step.raw.tokens).contains(it))
}

/// Why not all rows are copied.
fn left_out(step: &Step, old: &Table, new: &Table) -> Option<String> {
    let mut cursor = Cursor::new(&step.raw.tokens);
    cursor.find("select").then_some(())?;
    let mut filter = cursor.clone();
    if filter.find("where") {
        let text = spelt(filter.until(&[
            "group by",
            "order by",
            "limit",
            "on conflict",
            "union",
            "returning",
        ]));
        if !is_always_true_of(&text, old) {
            return Some(format!("those for which `{text}` does not hold"));
        }
    }
    let has = |words: &str| cursor.clone().find(words);
    let is_joined = has("join") && !has("left join") && !has("left outer join");
    if is_joined {
        return Some("those that the join does not find".to_owned());
    }
    let cuts = [
        "limit",
        "offset",
        "fetch first",
        "having",
        "group by",
        "tablesample",
        "intersect",
        "except",
        "distinct on",
    ];
    if let Some(word) = cuts.iter().find(|it| has(it)) {
        return Some(format!("those that `{word}` leaves out"));
    }
    match &step.action {
        Action::Insert { on_conflict: Some(_), .. } => {
            let key = new_key(old, new)?;
            Some(format!("those with a value of `{key}` that another row has"))
        }
        _ => None,
    }
}

/// Columns that must be unique now, and did not have to be.
fn new_key(old: &Table, new: &Table) -> Option<String> {
    let is_key = |kind| matches!(kind, ConstraintKind::Primary | ConstraintKind::Unique);
    let keys = |table: &Table| {
        let of_constraints =
            table.constraints.iter().filter(|it| is_key(it.kind)).map(|it| it.columns.clone());
        let of_indexes = table.indexes.iter().filter(|it| it.is_unique).map(|it| it.keys.clone());
        of_constraints.chain(of_indexes).collect::<Vec<_>>()
    };
    let before = keys(old);
    keys(new).into_iter().find(|it| !before.contains(it)).map(|it| it.join(", "))
}

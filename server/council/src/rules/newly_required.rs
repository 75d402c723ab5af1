use super::cx::{Cx, Sink};
use super::shown::shown;
use super::support::{client_risk, kept_columns, successor};
use crate::ddl::Action;
use crate::logic::{conjuncts, disjuncts};
use crate::schema::{Column, Constraint, ConstraintKind, Index, OnDelete, Schema, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A column that could be left out must have a value from now on, and deployed writers leave it out.
    ///
    /// A check that asks for a value holds for each write at once, also one that is not validated. Where the same change reads all rows and fills none of them, they all have a value already, and it is told alone. A foreign key with `on delete set null` fails at the first delete.
    ///
    /// ```sql,bad
    /// create table patients (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table patients add constraint patients_email check (email is not null) not valid;
    /// ```
    /// ```sql,bad
    /// create table invoices (id bigint primary key);
    /// create table payments (id bigint primary key, invoice_id bigint references invoices (id) on delete set null);
    /// create index payments_invoice on payments (invoice_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table payments add constraint payments_invoice_given check (invoice_id is not null) not valid;
    /// alter table payments validate constraint payments_invoice_given;
    /// ```
    /// ```sqlite,bad
    /// create table counts (id integer primary key, desk text, at integer);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table counts_new (id integer primary key, desk text not null, at integer);
    /// insert into counts_new (id, desk, at) select id, coalesce(desk, ''), at from counts;
    /// drop table counts;
    /// alter table counts_new rename to counts;
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sqlite,bad
    /// create table books (id integer primary key, title text, removed_at text);
    /// create view shelf as select id, title from books where removed_at is null;
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// drop view shelf;
    /// create table books_new (id integer primary key, title text, removed_at text not null default '');
    /// insert into books_new (id, title, removed_at) select id, title, coalesce(removed_at, '') from books;
    /// drop table books;
    /// alter table books_new rename to books;
    /// create view shelf as select id, title from books where removed_at is null;
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sql,good
    /// create table patients (id bigint primary key, email text default '');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table patients add constraint patients_email check (email is not null) not valid;
    /// ```
    pub(super) static RULE = {
        name: "newly-required",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: newly_required,
    }
}

fn newly_required(cx: &Cx, sink: &mut Sink<'_>) {
    for (old, was, now) in kept_columns(cx) {
        let Some(new) = successor(cx, old).filter(|_| !old.assumed) else { continue };
        if let Some(name) =
            asks_null(&cx.change.after, new, now).filter(|_| !was.not_null && now.not_null)
        {
            let object = format!("{}.{}", new.name, now.name);
            let claim =
                format!("`{name}` asks for rows without `{object}`, and there are none any more");
            sink.whole(&object, Risk::High, claim).stake(Stake::Service);
            continue;
        }
        let fills_itself = now.default.is_some() || now.is_identity || now.generated.is_some();
        if is_required(old, was) || fills_itself || !is_required(new, now) {
            continue;
        }
        let object = format!("{}.{}", new.name, now.name);
        let sets_null = |it: &&Constraint| {
            let sets = it.target.as_ref().is_some_and(|it| it.on_delete == OnDelete::SetNull);
            sets && it.columns.contains(&now.name)
        };
        if let Some(key) = new.constraints.iter().find(sets_null) {
            let target = key.target.as_ref().map_or("", |it| it.table.as_str());
            let claim = format!("deleting a row of `{target}` fails: it sets `{object}` to null");
            sink.whole(&object, Risk::High, claim).stake(Stake::Service);
            continue;
        }
        let claim = format!("writers that leave out `{object}` fail from now on");
        let risk = if is_shown(cx, new, now) { Risk::Low } else { Risk::Medium };
        sink.whole(&object, client_risk(cx, risk), claim)
            .stake(Stake::Service)
            .fix("Let the programs write it first, or give it a default", "");
    }
}

/// A view or an index that is for rows without a value.
fn asks_null(schema: &Schema, table: &Table, column: &Column) -> Option<String> {
    let wanted = format!("{} is null", column.name);
    let by_view = schema.views.iter().find(|it| {
        it.reads.contains(&table.name)
            && shown(it).is_some_and(|it| it.conditions.contains(&wanted))
    });
    let asks = |it: &&Index| {
        it.filter.as_deref().is_some_and(|it| conjuncts(it).contains(&wanted.as_str()))
    };
    let by_index = || table.indexes.iter().find(asks).map(|it| it.name.clone());
    by_view.map(|it| it.name.clone()).or_else(by_index)
}

/// Whether a row must have a value there, as it is or in a state that a row may be written in.
fn is_required(table: &Table, column: &Column) -> bool {
    column.not_null || asking(table, column).next().is_some()
}

/// Checks that ask for a value: of each row, or of those in some states.
fn asking<'a>(table: &'a Table, column: &Column) -> impl Iterator<Item = &'a Constraint> {
    let wanted = format!("{} is not null", column.name);
    let is_state = |it: &str| it.contains(" = '") || it.contains(" in('");
    table.constraints.iter().filter(move |it| {
        it.kind == ConstraintKind::Check
            && conjuncts(&it.expr).into_iter().any(|part| {
                let mut any = disjuncts(part);
                let has = any.contains(&wanted.as_str());
                any.retain(|it| *it != wanted);
                has && any.into_iter().all(is_state)
            })
    })
}

/// Whether the change itself shows that all rows have a value: it asks them all, and fills none.
fn is_shown(cx: &Cx, table: &Table, column: &Column) -> bool {
    let fills = |it: &Action| match it {
        Action::Update(it) => {
            it.table == table.name && it.sets.iter().any(|it| it.0 == column.name)
        }
        Action::Insert { .. } => !cx.is_postgres(),
        _ => false,
    };
    let is_asked = column.not_null || asking(table, column).all(|it| it.is_validated);
    is_asked && !cx.change.steps.iter().any(|it| fills(&it.action))
}

use super::cx::{Cx, Sink};
use super::support::{client_risk, name_now, successor};
use crate::ddl::AlterPart;
use crate::logic::is_always_true;
use crate::schema::{Constraint, ConstraintKind, Index, Table};
use crate::simulate::mentions;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A key, unique, foreign key or check constraint is gone, and rows come in that clients do not expect.
    ///
    /// `on conflict` that names the columns of a dropped unique constraint fails. A table that is rebuilt, copied or made with `as select` has the constraints that are written for it and no others.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, constraint one_email unique (email));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop constraint one_email;
    /// ```
    /// ```sql,bad
    /// create table photos (id bigint primary key, place integer, constraint one_place unique (place) deferrable initially deferred);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently if not exists photos_place on photos (place);
    /// alter table photos drop constraint one_place;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, sku text not null unique);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, sku text not null);
    /// insert into p_new select id, sku from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, constraint has_at check (email like '%@%'));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop constraint has_at;
    /// alter table accounts add constraint has_at check (email like '%@%') not valid;
    /// ```
    pub(super) static RULE = {
        name: "dropped-constraint",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_constraint,
    }
}

fn dropped_constraint(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.tables {
        let Some(new) = successor(cx, old) else { continue };
        for it in old.constraints.iter().filter(|it| is_gone(it, old, new)) {
            let (risk, word) = match it.kind {
                ConstraintKind::Primary => (Risk::High, "primary key"),
                ConstraintKind::Unique => (Risk::Medium, "unique constraint"),
                ConstraintKind::Foreign => (Risk::Medium, "foreign key"),
                ConstraintKind::Check => (Risk::Medium, "check"),
                ConstraintKind::Exclusion => (Risk::Medium, "exclusion constraint"),
            };
            let claim = format!("`{}` loses its {word} `{}`", old.name, it.name);
            sink.whole(&it.name, client_risk(cx, risk), claim).stake(Stake::Data);
        }
        // Of a rebuilt table another rule tells all indexes.
        for it in
            old.indexes.iter().filter(|it| it.is_unique && (old.id == new.id || cx.is_postgres()))
        {
            let same = |keys: &[String]| keys == it.keys;
            let is_key = |it| matches!(it, ConstraintKind::Primary | ConstraintKind::Unique);
            // One of some rows does not stand for one of all.
            let is_as_wide = |of: &Index| of.filter.is_none() || of.filter == it.filter;
            let is_kept =
                new.indexes.iter().any(|of| of.is_unique && is_as_wide(of) && same(&of.keys))
                    || new.constraints.iter().any(|of| is_key(of.kind) && same(&of.columns));
            if !is_kept {
                let claim = format!("`{}` loses the unique index `{}`", old.name, it.name);
                sink.whole(&it.name, Risk::Medium, claim).stake(Stake::Data);
            }
        }
    }
    for step in &cx.change.steps {
        let mut cursor = Cursor::new(&step.raw.tokens);
        if !cursor.eat("alter domain") {
            continue;
        }
        let name = cursor.name().unwrap_or_default();
        if cursor.eat("drop constraint") {
            let claim = format!("columns of the domain `{name}` take what it refused");
            sink.report(step, &name, Risk::Medium, claim).stake(Stake::Data);
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::DropConstraint { name, .. } = part else { continue };
        let was_there = table.constraints.iter().any(|it| it.name == *name);
        let is_back = cx
            .change
            .after
            .table_of(table.id)
            .is_some_and(|it| it.constraints.iter().any(|it| it.name == *name));
        if !was_there && !is_back {
            sink.report(
                step,
                name,
                Risk::Medium,
                format!("`{}` loses its constraint `{name}`", table.name),
            )
            .stake(Stake::Data);
        }
    }
}

fn is_gone(it: &Constraint, old: &Table, new: &Table) -> bool {
    let names = asked_columns(it, old);
    // With a column goes what was said of it.
    let Some(names) = names.iter().map(|name| name_now(old, new, name)).collect::<Option<Vec<_>>>()
    else {
        return false;
    };
    let is_kept =
        new.constraints.iter().any(|of| of.id == it.id || stands_for(of, it, &names, new));
    // An index is never deferred.
    let by_index = it.kind == ConstraintKind::Unique
        && !it.is_deferrable
        && new.indexes.iter().any(|of| of.is_unique && of.filter.is_none() && of.keys == names);
    let by_not_null = it
        .expr
        .trim_start_matches('(')
        .trim_end_matches(')')
        .strip_suffix(" is not null")
        .is_some_and(|column| new.column(column).is_some_and(|it| it.not_null));
    !is_kept && !by_index && !by_not_null
}

/// The columns that a constraint is about.
fn asked_columns<'a>(it: &'a Constraint, table: &'a Table) -> Vec<&'a str> {
    if !it.columns.is_empty() {
        return it.columns.iter().map(String::as_str).collect();
    }
    let all = table.columns.iter().map(|it| it.name.as_str());
    all.filter(|name| mentions(&it.expr, name)).collect()
}

/// A constraint of the same kind over the same columns, now called `names`; a check may say less or
/// more of them.
fn stands_for(new: &Constraint, old: &Constraint, names: &[&str], table: &Table) -> bool {
    let same_target = match (&new.target, &old.target) {
        (Some(a), Some(b)) => a.table == b.table,
        (a, b) => a.is_none() && b.is_none(),
    };
    let asked = asked_columns(new, table);
    new.kind == old.kind
        && same_target
        && match old.kind {
            // One that lets in everything stands for nothing.
            ConstraintKind::Check if is_always_true(&new.expr) => false,
            ConstraintKind::Check => {
                new.name == old.name
                    || new.expr == old.expr
                    || (!names.is_empty() && names.iter().all(|it| asked.contains(it)))
            }
            ConstraintKind::Exclusion => new.name == old.name || new.expr == old.expr,
            _ => asked == names,
        }
}

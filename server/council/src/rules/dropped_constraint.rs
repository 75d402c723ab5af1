use super::cx::{Cx, Sink};
use super::support::client_risk;
use crate::ddl::AlterPart;
use crate::schema::{Constraint, ConstraintKind, Table};
use model::Risk;

declare_rule! {
    /// A key, unique or check constraint is gone, and rows come in that clients do not expect.
    ///
    /// `on conflict` that names the columns of a dropped unique constraint fails.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, constraint one_email unique (email));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop constraint one_email;
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
        let Some(new) = cx.change.after.table_of(old.id) else { continue };
        for it in old.constraints.iter().filter(|it| is_gone(it, old, new)) {
            let (risk, word) = match it.kind {
                ConstraintKind::Primary => (Risk::High, "primary key"),
                ConstraintKind::Unique => (Risk::Medium, "unique constraint"),
                ConstraintKind::Foreign => (Risk::Medium, "foreign key"),
                ConstraintKind::Check => (Risk::Medium, "check"),
                ConstraintKind::Exclusion => (Risk::Medium, "exclusion constraint"),
            };
            let claim = format!("`{}` loses its {word} `{}`", old.name, it.name);
            sink.whole(&it.name, client_risk(cx, risk), claim);
        }
        for it in old.indexes.iter().filter(|it| it.is_unique) {
            let same = |keys: &[String]| keys == it.keys;
            let is_kept = new.indexes.iter().any(|of| of.is_unique && same(&of.keys))
                || new.constraints.iter().any(|of| same(&of.columns));
            if !is_kept {
                let claim = format!("`{}` loses the unique index `{}`", old.name, it.name);
                sink.whole(&it.name, Risk::Medium, claim);
            }
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::DropConstraint { name, .. } = part else { continue };
        let was_there = table.constraints.iter().any(|it| it.name == *name);
        let is_back = cx.change.after.table_of(table.id).is_some_and(|it| it.constraints.iter().any(|it| it.name == *name));
        if !was_there && !is_back {
            sink.report(step, name, Risk::Medium, format!("`{}` loses its constraint `{name}`", table.name));
        }
    }
}

fn is_gone(it: &Constraint, old: &Table, new: &Table) -> bool {
    let has_columns = it.columns.iter().all(|name| {
        let id = old.column(name).map(|it| it.id);
        id.is_none_or(|id| new.column_of(id).is_some())
    });
    let is_kept = new.constraints.iter().any(|of| of.id == it.id || stands_for(of, it));
    let by_index = it.kind == ConstraintKind::Unique
        && new.indexes.iter().any(|of| of.is_unique && of.keys == it.columns);
    let by_not_null = it.expr.strip_suffix(" is not null").is_some_and(|column| {
        new.column(column).is_some_and(|it| it.not_null)
    });
    has_columns && !is_kept && !by_index && !by_not_null
}

/// A constraint of the same kind over the same columns, or a check that has its name.
fn stands_for(new: &Constraint, old: &Constraint) -> bool {
    let same_target = match (&new.target, &old.target) {
        (Some(a), Some(b)) => a.table == b.table,
        (a, b) => a.is_none() && b.is_none(),
    };
    new.kind == old.kind
        && same_target
        && match old.kind {
            ConstraintKind::Check => new.name == old.name || new.expr == old.expr || (!old.columns.is_empty() && new.columns == old.columns),
            _ => new.columns == old.columns,
        }
}

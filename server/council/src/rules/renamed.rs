use super::cx::{Cx, Sink};
use super::support::{client_risk, is_read_into, rebuilt};
use crate::ddl::Action;
use crate::schema::{Column, Schema, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A table, column, view, function, type or sequence has another name, and clients that use the old one fail.
    ///
    /// Add the new name beside the old one, move the clients, and drop the old one later; a view of the old name keeps readers going.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts rename column plan to tier;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts rename to customers;
    /// ```
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok');
    /// create sequence invoice_no;
    /// -- migration
    /// alter type mood rename to feeling;
    /// alter sequence invoice_no rename to bill_no;
    /// ```
    /// ```sqlite,bad
    /// create table vouchers (code text primary key, cents integer not null);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table vouchers_new (code text primary key, value real not null default 0);
    /// insert into vouchers_new (code, value) select code, cents / 100.0 from vouchers;
    /// drop table vouchers;
    /// alter table vouchers_new rename to vouchers;
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts rename to customers;
    /// create view accounts with (security_invoker = true) as select * from customers;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "renamed",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: renamed,
    }
}

fn renamed(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for old in &before.tables {
        let Some(new) = after.table_of(old.id) else { continue };
        if old.name != new.name && last(&old.name) != last(&new.name) && !is_there(after, &old.name)
        {
            report(cx, sink, &old.name, &new.name);
        }
        if let Some(view) = after.view(&old.name).filter(|_| old.name != new.name)
            && let Some(shown) = &view.columns
            && let Some(hidden) = old.columns.iter().find(|it| !shown.contains(&it.name))
        {
            let claim = format!(
                "clients that use `{}.{}` fail: the view in its place has none",
                old.name, hidden.name
            );
            sink.whole(&old.name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
        for column in &old.columns {
            if let Some(now) = new.column_of(column.id)
                && now.name != column.name
                && new.column(&column.name).is_none()
            {
                let object = format!("{}.{}", old.name, column.name);
                report(cx, sink, &object, &now.name);
            }
            swapped(cx, sink, (old, new), column);
        }
    }
    for old in before.tables.iter().filter(|it| after.table_of(it.id).is_none()) {
        let Some(new) = rebuilt(cx, old) else { continue };
        let is_moved = |it: &&Column| new.column(&it.name).is_none() && is_read_into(cx, old, it);
        for column in old.columns.iter().filter(is_moved) {
            let object = format!("{}.{}", old.name, column.name);
            let claim = format!("clients that use `{object}` fail: its values are elsewhere");
            sink.whole(&object, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
    }
    for old in &before.views {
        let new = after.views.iter().find(|it| it.id == old.id);
        if let Some(new) =
            new.filter(|it| last(&it.name) != last(&old.name) && !is_there(after, &old.name))
        {
            report(cx, sink, &old.name, &new.name);
        }
    }
    for step in &cx.change.steps {
        if let Action::Rename {
            kind: kind @ ("function" | "schema" | "attribute" | "type" | "sequence" | "domain"),
            name,
            to,
        } = &step.action
        {
            let is_old = match *kind {
                "function" => {
                    !step.schema.functions.iter().any(|it| it.name == *name)
                        || before.functions.iter().any(|it| it.name == *name)
                }
                "type" => {
                    is_type(before, name) != is_type(after, name) || !is_type(&step.schema, name)
                }
                "sequence" | "domain" => {
                    let is_made =
                        step.schema.has_other(kind, name) && !before.has_other(kind, name);
                    !is_made && !after.has_other(kind, name)
                }
                _ => true,
            };
            if is_old {
                let claim = format!("clients that use `{name}` fail: it becomes `{to}`");
                sink.report(step, name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
            }
        }
        if let Action::Rename { kind: "column", name, to } = &step.action
            && let Some((table, column)) = name.rsplit_once('.')
            && step.schema.table(table).is_none_or(|it| it.column(column).is_none() && it.assumed)
        {
            let claim = format!("clients that use `{name}` fail: it becomes `{to}`");
            sink.report(step, name, client_risk(cx, Risk::High), claim).stake(Stake::Service);
        }
    }
}

fn is_type(schema: &Schema, name: &str) -> bool {
    schema.enums.iter().any(|it| it.name == name) || schema.has_other("type", name)
}

/// A column whose name another column has now: clients go on, with other values.
fn swapped(cx: &Cx, sink: &mut Sink<'_>, (old, new): (&Table, &Table), column: &Column) {
    let Some(now) = new.column_of(column.id).filter(|it| it.name != column.name) else { return };
    let other = new.column(&column.name).and_then(|it| old.column_of(it.id));
    if other.is_some_and(|it| it.name == now.name) {
        let object = format!("{}.{}", old.name, column.name);
        let claim = format!("clients that use `{object}` take the values of `{}` for it", now.name);
        sink.whole(&object, Risk::High, claim).stake(Stake::Service);
    }
    let is_new = |it: &&Column| old.column_of(it.id).is_none();
    let is_filled = cx.change.steps.iter().any(|step| {
        matches!(&step.action, Action::Update(it) if it.table == new.name && it.sets.iter().any(|it| it.0 == column.name))
    });
    if new.column(&column.name).filter(is_new).is_some() && !is_filled {
        let object = format!("{}.{}", old.name, column.name);
        let claim = format!(
            "`{object}` is another column now: its values are in `{}`, and clients read none",
            now.name
        );
        sink.whole(&object, Risk::High, claim)
            .stake(Stake::Data)
            .fix("Fill the new column before clients read it", "");
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn is_there(schema: &Schema, name: &str) -> bool {
    schema.table(name).is_some() || schema.view(name).is_some()
}

fn report(cx: &Cx, sink: &mut Sink<'_>, old: &str, new: &str) {
    if last(new).starts_with("__dropped_") {
        let claim = format!(
            "`{old}` is put aside as `{new}`, to be dropped later; clients that use it fail"
        );
        sink.whole(old, Risk::Medium, claim).stake(Stake::Data);
        return;
    }
    let claim = format!("clients that use `{old}` fail: it becomes `{new}`");
    sink.whole(old, client_risk(cx, Risk::High), claim)
        .stake(Stake::Service)
        .trigger("between the migration and the last client that is changed")
        .fix("Keep the old name until no client uses it", "");
}

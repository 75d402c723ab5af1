use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use model::Risk;

declare_rule! {
    /// What is to be made is there already: the statement fails.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// create table accounts (id bigint primary key, email text, plan text);
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column email text;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column if not exists email text;
    /// ```
    pub(super) static RULE = {
        name: "already-there",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: already_there,
    }
}

fn already_there(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let name = match &step.action {
            Action::CreateTable(it) if !it.if_not_exists => &it.name,
            _ => continue,
        };
        if step.schema.table(name).is_some_and(|it| !it.assumed) || step.schema.view(name).is_some()
        {
            sink.report(step, name, Risk::High, format!("fails: there is a `{name}` already"));
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddColumn { column, if_not_exists: false } = part else { continue };
        if table.column(&column.name).is_some() {
            let object = format!("{}.{}", table.name, column.name);
            sink.report(
                step,
                &object,
                Risk::High,
                format!("fails: there is a column `{object}` already"),
            );
        }
    }
}

use super::cx::{Cx, Sink};
use crate::change::Step;
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
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        if let Some(name) = taken(step) {
            sink.report(step, &name, Risk::High, format!("fails: there is a `{name}` already"));
        }
    }
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

/// The name of what a step makes, where there is one of that name and kind.
fn taken(step: &Step) -> Option<String> {
    let schema = &step.schema;
    let (name, is_there) = match &step.action {
        Action::CreateIndex(it) if !it.if_not_exists => {
            let table = schema.table(&it.table)?;
            (&it.index.name, table.indexes.iter().any(|of| of.name == it.index.name))
        }
        Action::AlterTable { table, parts } => {
            let table = schema.table(table)?;
            let goes = |name: &String| {
                parts.iter().any(
                    |it| matches!(it, AlterPart::DropConstraint { name: of, .. } if of == name),
                )
            };
            let made = parts.iter().find_map(|it| match it {
                AlterPart::AddConstraint(it)
                    if table.constraints.iter().any(|of| of.name == it.name) =>
                {
                    Some(&it.name)
                }
                _ => None,
            })?;
            (made, !goes(made))
        }
        Action::CreatePolicy { table, policy } => {
            let table = schema.table(table)?;
            (&policy.name, table.policies.iter().any(|it| it.name == policy.name))
        }
        Action::CreateTrigger { table, trigger } => {
            let table = schema.table(table)?;
            let replaces = step.raw.tokens.get(1).is_some_and(|it| it.text == "or");
            (&trigger.name, !replaces && table.triggers.iter().any(|it| it.name == trigger.name))
        }
        Action::CreateView(it) if !it.or_replace && !it.is_temporary => {
            let says_if = step.raw.tokens.iter().take(6).any(|it| it.text == "exists");
            (&it.name, !says_if && schema.view(&it.name).is_some_and(|it| !it.assumed))
        }
        Action::CreateFunction(it, creation) => {
            (&it.name, !creation.or_replace && schema.function(it).is_some())
        }
        Action::AddEnumValue { name, value } => {
            let says_if = step.raw.tokens.iter().any(|it| it.text == "exists");
            let own = schema.enums.iter().find(|it| it.name == *name)?;
            (value, !says_if && own.values.iter().any(|it| it.1 == *value))
        }
        Action::CreateEnum { name, .. } => (name, schema.enums.iter().any(|it| it.name == *name)),
        _ => return None,
    };
    (is_there && !name.is_empty()).then(|| name.clone())
}

use super::cx::{Cx, Sink};
use super::support::{new_keys, says_if_exists};
use crate::change::Step;
use crate::ddl::{Action, AlterPart, CreateIndex};
use crate::schema::{ConstraintKind, Table};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// A foreign key names a table that is not there, or columns of it that are no key.
    ///
    /// PostgreSQL refuses the statement. SQLite takes it, and every row that is written later fails.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// create table items (id bigint primary key, order_id bigint not null references accounts (id));
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// create table c (id integer primary key, p_id integer references ps (id));
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// create table c (id integer primary key, n text not null references p (n));
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// create table c (id integer primary key, p_id integer references p (id));
    /// ```
    pub(super) static RULE = {
        name: "missing-target",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: missing_target,
    }
}

fn missing_target(cx: &Cx, sink: &mut Sink<'_>) {
    // Without a base nothing is known of what is there, and another schema may be somebody else's.
    if !cx.change.has_base {
        return;
    }
    for (table, key) in new_keys(cx) {
        let Some(target) = key.target.as_ref().filter(|it| !it.table.contains('.')) else {
            continue;
        };
        let known = cx.change.after.table(&target.table).is_some_and(|it| !it.assumed)
            || cx.change.before.table(&target.table).is_some_and(|it| !it.assumed);
        if !known {
            let claim =
                format!("`{}` refers to `{}`, which is not there", table.name, target.table);
            sink.whole(&table.name, Risk::High, claim);
        } else if !cx.is_postgres()
            && let Some(of) = cx.change.after.table(&target.table).filter(|it| !it.assumed)
            && !target.columns.is_empty()
            && !is_key(of, &target.columns)
        {
            let columns = target.columns.join(", ");
            let claim = format!(
                "`{}` refers to `{}.{columns}`, which is not unique: each write of it fails",
                table.name, of.name
            );
            sink.whole(&table.name, Risk::High, claim)
                .stake(Stake::Service)
                .fix("Make it unique, or refer to the key", "");
        }
    }
    unknown_tables(cx, sink);
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        if let Some((table, name)) = missing_part(step) {
            let claim = format!("`{table}` has no `{name}`: the server refuses it");
            sink.report(step, &table, Risk::High, claim);
        }
        let Some((table, column)) = missing_column(step) else { continue };
        let object = format!("{table}.{column}");
        let claim = format!("`{table}` has no column `{column}`: the server refuses it");
        sink.report(step, &object, Risk::High, claim);
    }
}

/// Whether no two rows share these columns.
fn is_key(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&String> = columns.iter().collect();
    let is_number = table.primary_key().is_none() && columns == ["rowid"];
    is_number || table.unique_keys().iter().any(|it| it.iter().collect::<BTreeSet<_>>() == wanted)
}

/// Tables that the migration uses as if they were there, and that the base does not have.
fn unknown_tables(cx: &Cx, sink: &mut Sink<'_>) {
    // With a search path of its own a name may mean another.
    let has_path =
        |it: &Step| matches!(&it.action, Action::Set { name, .. } if name == "search_path");
    if cx.change.steps.iter().any(has_path) || !cx.is_postgres() {
        return;
    }
    let is_plain = |it: &&Table| it.assumed && !it.name.contains('.');
    for table in cx.change.before.tables.iter().filter(is_plain) {
        let alters = |it: &&Step| {
            matches!(&it.action, Action::AlterTable { table: of, .. } | Action::CreateIndex(CreateIndex { table: of, .. }) if *of == table.name)
                && !says_if_exists(&it.raw)
        };
        if let Some(step) = cx.change.steps.iter().find(alters) {
            // A base need not tell of all; one letter beside a name that it has is a slip.
            let known = cx.change.before.tables.iter().filter(|it| !it.assumed);
            let near = text::suggest::nearest(&table.name, known.map(|it| it.name.as_str()));
            let Some(near) = near else { continue };
            let claim = format!(
                "there is no `{}`, which looks like `{near}`: the server refuses it",
                table.name
            );
            sink.report(step, &table.name, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

/// A column that a step drops, changes, writes or makes an index of, and that its table does not have.
fn missing_column(step: &Step) -> Option<(String, String)> {
    let (renamed, table_name);
    let (name, columns) = match &step.action {
        Action::CreateIndex(it) => (&it.table, it.index.keys.iter().collect::<Vec<_>>()),
        Action::AlterTable { table, parts } if !says_if_exists(&step.raw) => {
            // A part before it may have added it.
            let is_added = |name: &String| {
                parts.iter().any(
                    |it| matches!(it, AlterPart::AddColumn { column, .. } if column.name == *name),
                )
            };
            let named = parts.iter().filter_map(|it| match it {
                AlterPart::DropColumn { column, .. }
                | AlterPart::SetType { column, .. }
                | AlterPart::SetDefault { column, .. }
                | AlterPart::DropDefault { column }
                | AlterPart::SetNotNull { column }
                | AlterPart::DropNotNull { column }
                | AlterPart::AddIdentity { column } => Some(vec![column]),
                AlterPart::AddConstraint(it)
                    if !it.uses_index && it.kind != ConstraintKind::Exclusion =>
                {
                    Some(it.columns.iter().collect())
                }
                _ => None,
            });
            (table, named.flatten().filter(|it| !is_added(it)).collect())
        }
        Action::Rename { kind: "column", name, .. } => {
            let (table, column) = name.rsplit_once('.')?;
            renamed = column.to_owned();
            table_name = table.to_owned();
            (&table_name, vec![&renamed])
        }
        Action::Update(it) => (&it.table, it.sets.iter().map(|it| &it.0).collect()),
        _ => return None,
    };
    let table = step.schema.table(name).filter(|it| !it.assumed && !it.columns.is_empty())?;
    // What inherits, or is made of a query, may have others.
    let is_whole = table.columns.iter().all(|it| !it.kind.base.is_empty());
    let is_name = |it: &&str| it.chars().all(|it| it.is_alphanumeric() || it == '_');
    // `lower(email)` is about `email`.
    let inner = |it: &'_ String| {
        let inner = it.split_once('(').and_then(|it| it.1.strip_suffix(')'));
        inner.filter(|it| it.starts_with(char::is_alphabetic)).unwrap_or(it).to_owned()
    };
    let is_missing = |it: &&String| table.column(it).is_none() && !is_system(it);
    let columns: Vec<String> = columns.into_iter().map(inner).collect();
    let column = columns.iter().filter(|it| is_name(&it.as_str())).find(is_missing)?;
    is_whole.then(|| (table.name.clone(), column.clone()))
}

/// A constraint, policy or trigger that a step is about, and that its table does not have.
fn missing_part(step: &Step) -> Option<(String, String)> {
    if says_if_exists(&step.raw) {
        return None;
    }
    let (table, name, is_there) = match &step.action {
        Action::AlterTable { table, parts } => {
            let table = step.schema.table(table)?;
            let named = parts.iter().find_map(|it| match it {
                AlterPart::Validate { name } | AlterPart::SetDeferrable { name, .. } => Some(name),
                _ => None,
            })?;
            let is_added = parts
                .iter()
                .any(|it| matches!(it, AlterPart::AddConstraint(it) if it.name == *named));
            (table, named, is_added || table.constraints.iter().any(|it| it.name == *named))
        }
        Action::Drop(it) if matches!(it.kind, "policy" | "trigger") => {
            let table = step.schema.table(it.table.as_ref()?)?;
            let mut names = table
                .policies
                .iter()
                .map(|it| &it.name)
                .chain(table.triggers.iter().map(|it| &it.name));
            (table, &it.names[0], names.any(|of| *of == it.names[0]))
        }
        Action::AlterPolicy { table, policy, .. } => {
            let table = step.schema.table(table)?;
            (table, policy, table.policies.iter().any(|it| it.name == *policy))
        }
        _ => return None,
    };
    (!table.assumed && !is_there).then(|| (table.name.clone(), name.clone()))
}

fn is_system(column: &str) -> bool {
    ["ctid", "xmin", "xmax", "tableoid", "oid"].contains(&column)
}

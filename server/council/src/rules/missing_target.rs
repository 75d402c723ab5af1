use super::cx::{Cx, Sink};
use super::support::{new_keys, says_if_exists};
use crate::change::Step;
use crate::ddl::{Action, AlterPart};
use model::Risk;

declare_rule! {
    /// A foreign key names a table that is not there.
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
        }
    }
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Some((table, column)) = missing_column(step) else { continue };
        let object = format!("{table}.{column}");
        let claim = format!("`{table}` has no column `{column}`: the server refuses it");
        sink.report(step, &object, Risk::High, claim);
    }
}

/// A column that a step drops or makes an index of, and that its table does not have.
fn missing_column(step: &Step) -> Option<(String, String)> {
    let (name, columns) = match &step.action {
        Action::CreateIndex(it) => (&it.table, it.index.keys.iter().collect::<Vec<_>>()),
        Action::AlterTable { table, parts } if !says_if_exists(&step.raw) => {
            let dropped = parts.iter().filter_map(|it| match it {
                AlterPart::DropColumn { column, .. } => Some(column),
                _ => None,
            });
            (table, dropped.collect())
        }
        _ => return None,
    };
    let table = step.schema.table(name).filter(|it| !it.assumed && !it.columns.is_empty())?;
    // What inherits, or is made of a query, may have others.
    let is_whole = table.columns.iter().all(|it| !it.kind.base.is_empty());
    let is_name = |it: &&String| it.chars().all(|it| it.is_alphanumeric() || it == '_');
    // A part of a statement before this one may have added it.
    let is_missing = |it: &&String| table.column(it).is_none() && !is_system(it);
    let column = columns.into_iter().filter(is_name).find(is_missing)?;
    is_whole.then(|| (table.name.clone(), column.clone()))
}

fn is_system(column: &str) -> bool {
    ["ctid", "xmin", "xmax", "tableoid", "oid"].contains(&column)
}

use super::cx::{Cx, Sink};
use super::support::without_texts;
use crate::ddl::AlterPart;
use crate::schema::{Schema, Table, View};
use crate::simulate::mentions;
use model::Risk;

declare_rule! {
    /// A column changes its type while a view, a policy or a computed column uses it: the server refuses it.
    ///
    /// PostgreSQL keeps what a view reads with its type. Drop what uses the column first, and make it again afterwards, in the same transaction.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, plan varchar(20));
    /// create view plans with (security_invoker = true) as select plan from accounts;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column plan type varchar(40);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, plan varchar(20), note varchar(20));
    /// create view plans with (security_invoker = true) as select plan from accounts;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column note type varchar(40);
    /// ```
    pub(super) static RULE = {
        name: "used-column",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: used_column,
    }
}

fn used_column(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations().filter(|_| cx.is_postgres()) {
        let AlterPart::SetType { column, .. } = part else { continue };
        if let Some(user) = user_of(&step.schema, table, column) {
            let object = format!("{}.{column}", table.name);
            let claim = format!("{user} uses `{object}`: the server refuses another type for it");
            sink.report(step, &object, Risk::High, claim)
                .fix("Drop what uses it first, and make it again", "");
        }
    }
}

/// What uses a column and is not changed along with it.
fn user_of(schema: &Schema, table: &Table, column: &str) -> Option<String> {
    if let Some(view) = schema.views.iter().find(|it| reads(schema, it, table, column)) {
        return Some(format!("`{}`", view.name));
    }
    let asks = |it: &&crate::schema::Policy| {
        it.using.iter().chain(&it.check).any(|text| mentions(&without_texts(text), column))
    };
    if let Some(policy) = table.policies.iter().find(asks) {
        return Some(format!("the policy `{}`", policy.name));
    }
    let is_source = |it: &&crate::schema::Column| {
        it.expression.as_deref().is_some_and(|it| mentions(it, column))
    };
    table.columns.iter().find(is_source).map(|it| format!("the computed column `{}`", it.name))
}

/// Whether a view reads a column of a table, as far as it can be told for sure.
fn reads(schema: &Schema, view: &View, table: &Table, column: &str) -> bool {
    if !view.reads.contains(&table.name) {
        return false;
    }
    let lists_all = view.query.contains(" * ") || view.query.contains("select *");
    if lists_all && !view.query.contains("count(*") && view.reads.len() == 1 {
        return true;
    }
    let others = view.reads.iter().filter(|it| **it != table.name);
    let is_own_name =
        !others.filter_map(|it| schema.table(it)).any(|it| it.column(column).is_some())
            && view.reads.iter().all(|it| schema.table(it).is_some());
    if is_own_name {
        return mentions(&view.query, column);
    }
    let bare = table.name.rsplit('.').next().unwrap_or(&table.name);
    let alias = alias_of(&view.query, &table.name);
    [Some(bare.to_owned()), alias]
        .into_iter()
        .flatten()
        .any(|it| mentions(&view.query, &format!("{it}.{column}")))
}

/// What a query calls a table.
fn alias_of(query: &str, table: &str) -> Option<String> {
    let words: Vec<&str> = query.split([' ', ',']).filter(|it| !it.is_empty()).collect();
    let at = words.iter().position(|it| *it == table || it.ends_with(&format!(".{table}")))?;
    let next = words.get(at + 1).filter(|it| **it == "as").map_or(at + 1, |_| at + 2);
    words.get(next).map(|it| (*it).to_owned())
}

use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart, CreateTable};
use crate::schema::{Index, Schema, Table};
use crate::types::{Conversion, conversion};
use model::{Risk, Stake};

declare_rule! {
    /// `if not exists` finds something of that name with another shape, and does nothing.
    ///
    /// What comes next counts on a table, column or index that is not there. Change what is there, or take another name.
    ///
    /// ```sql,bad
    /// create table drivers (id bigint primary key, name text);
    /// -- migration
    /// create table if not exists drivers (id bigint primary key, name text, badge text not null);
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text, m text);
    /// create index by_n on p (n);
    /// -- migration
    /// create unique index if not exists by_n on p (n, m);
    /// ```
    /// ```sql,good
    /// create table drivers (id bigint primary key, name text);
    /// -- migration
    /// create table if not exists drivers (id bigint primary key, name text);
    /// create table if not exists cars (id bigint primary key, name text);
    /// ```
    pub(super) static RULE = {
        name: "ignored-definition",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: ignored_definition,
    }
}

fn ignored_definition(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        match &step.action {
            Action::CreateTable(it) if it.if_not_exists && it.query.is_none() => {
                let there = step.schema.table(&it.name).filter(|it| !it.assumed);
                if let Some(other) = there.and_then(|there| differing(it, there)) {
                    let claim = format!(
                        "makes nothing: `{}` is there, and `{other}` of it is not what is written",
                        it.name
                    );
                    sink.report(step, &it.name, Risk::Medium, claim).stake(Stake::Service);
                }
            }
            Action::CreateIndex(it) if it.if_not_exists => {
                let there = index(&step.schema, &it.index.name);
                let is_other =
                    |of: &Index| of.keys != it.index.keys || of.is_unique != it.index.is_unique;
                if there.is_some_and(is_other) {
                    let claim = format!(
                        "makes nothing: an index `{}` is there, and is another one",
                        it.index.name
                    );
                    sink.report(step, &it.index.name, Risk::Medium, claim).stake(Stake::Service);
                }
            }
            _ => {}
        }
    }
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddColumn { column, if_not_exists: true } = part else { continue };
        let Some(there) = table.column(&column.name) else { continue };
        if conversion(&there.kind, &column.kind) != Conversion::Free {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("adds nothing: `{object}` is there as `{}`", there.kind);
            sink.report(step, &object, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}

/// A column that is written and is not there, or is there with another type.
fn differing<'a>(it: &'a CreateTable, there: &Table) -> Option<&'a str> {
    let is_other = |kind, of| conversion(kind, of) != Conversion::Free;
    let column = it.columns.iter().find(|column| {
        there.column(&column.name).is_none_or(|of| is_other(&of.kind, &column.kind))
    });
    column.map(|it| it.name.as_str())
}

fn index<'a>(schema: &'a Schema, name: &str) -> Option<&'a Index> {
    schema.tables.iter().flat_map(|it| &it.indexes).find(|it| it.name == name && !name.is_empty())
}

use super::cx::{Cx, Sink};
use super::support::as_text;
use crate::ddl::{Action, AlterPart};
use crate::schema::ConstraintKind;
use model::Risk;

declare_rule! {
    /// A new column has the same value in every row, and must be unique: it fails as soon as there are two rows.
    ///
    /// Fill the column with values that differ before its index is built.
    ///
    /// ```sql,bad
    /// create table teams (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table teams add column code text not null default '';
    /// create unique index concurrently if not exists teams_code on teams (code);
    /// ```
    /// ```sqlite,bad
    /// create table teams (id integer primary key);
    /// -- migration
    /// alter table teams add column code text not null default '';
    /// create unique index teams_code on teams (code);
    /// ```
    /// ```sql,good
    /// create table teams (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table teams add column code text;
    /// create unique index concurrently if not exists teams_code on teams (code);
    /// ```
    pub(super) static RULE = {
        name: "twin-default",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: twin_default,
    }
}

fn twin_default(cx: &Cx, sink: &mut Sink<'_>) {
    let added: Vec<_> = cx.change.alterations().collect();
    for (at, table, part) in &added {
        let AlterPart::AddColumn { column, .. } = part else { continue };
        let text = column.default.as_deref().and_then(as_text);
        if text.is_none_or(|it| it == "null") {
            continue;
        }
        let is_alone = |keys: &[String]| keys == [column.name.clone()];
        let is_written = |step: &crate::change::Step| matches!(&step.action, Action::Update(it) if it.table == table.name && it.sets.iter().any(|it| it.0 == column.name));
        let from = cx.change.steps.iter().skip_while(|it| !std::ptr::eq(*it, *at));
        for step in from {
            if is_written(step) {
                break;
            }
            let is_unique = match &step.action {
                Action::CreateIndex(it) => {
                    it.table == table.name && it.index.is_unique && it.index.filter.is_none() && is_alone(&it.index.keys)
                }
                Action::AlterTable { table: of, parts } if *of == table.name => parts.iter().any(|it| {
                    matches!(it, AlterPart::AddConstraint(it) if it.kind == ConstraintKind::Unique && is_alone(&it.columns))
                }),
                _ => false,
            };
            if is_unique {
                let object = format!("{}.{}", table.name, column.name);
                let claim =
                    format!("fails: each row of `{}` has the same `{}`", table.name, column.name);
                sink.report(step, &object, Risk::High, claim);
                break;
            }
        }
    }
}

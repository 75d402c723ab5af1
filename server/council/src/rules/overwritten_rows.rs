use super::cx::{Cx, Sink};
use super::support::is_for_all;
use crate::ddl::Action;
use crate::sql::{TokenKind, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A column is overwritten in all rows of a table.
    ///
    /// An `update` without a condition, or with one that always holds, leaves none of the old values. Say which rows, or keep the old values in another column.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// update orders set state = 'x';
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// update orders set state = 'new' where state is null and id between 1 and 5000;
    /// ```
    pub(super) static RULE = {
        name: "overwritten-rows",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: overwritten_rows,
    }
}

fn overwritten_rows(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let is_all = it.filter.as_ref().is_none_or(|filter| is_for_all(cx, step, table, filter));
        // What is null has nothing to lose.
        let is_all = is_all
            || it.filter.as_deref().map(spelt).is_some_and(|filter| {
                it.sets.iter().any(|(column, _)| filter == format!("{column} is not null"))
            });
        let is_new = |name: &str| {
            table.column(name).is_some_and(|it| !cx.change.is_old_column(table.id, it.id))
        };
        let Some((column, value)) = it.sets.iter().find(|it| !is_new(&it.0)).filter(|_| is_all)
        else {
            continue;
        };
        // What is made of the old value is not all gone.
        let is_made_of_it = value.iter().any(|it| it.text == *column && it.kind != TokenKind::Text);
        let risk = if is_made_of_it { Risk::High } else { Risk::Critical };
        let object = format!("{}.{column}", it.table);
        let claim = format!("overwrites `{object}` in every row");
        sink.report(step, &object, risk, claim).stake(Stake::Data).fix("Say which rows", "");
    }
}

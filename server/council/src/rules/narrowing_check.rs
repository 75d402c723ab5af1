use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use crate::schema::{Column, ConstraintKind};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A check keeps a column that was free to a list of values, at once for every write.
    ///
    /// `not valid` spares the rows that are there, not the programs that write other values: these fail from now on, and so does any update of a row that has one. Look at the values in use, and change the programs first.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint known_state check (state in ('open', 'closed')) not valid;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column kind text;
    /// alter table orders add constraint known_kind check (kind in ('shop', 'web')) not valid;
    /// ```
    pub(super) static RULE = {
        name: "narrowing-check",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: narrowing_check,
    }
}

fn narrowing_check(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let AlterPart::AddConstraint(it) = part else { continue };
        let is_list = it.expr.contains(" in(") || it.expr.contains(" = any(");
        if it.kind != ConstraintKind::Check || it.is_validated || !is_list {
            continue;
        }
        let is_old =
            |of: &&Column| cx.change.is_old_column(table.id, of.id) && mentions(&it.expr, &of.name);
        let was_listed = |of: &Column| {
            let before = cx.change.before.table_of(table.id);
            before.is_some_and(|it| {
                it.constraints
                    .iter()
                    .any(|it| it.kind == ConstraintKind::Check && mentions(&it.expr, &of.name))
            })
        };
        if let Some(column) = table.columns.iter().find(is_old).filter(|it| !was_listed(it)) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("a write of another value to `{object}` fails from now on");
            sink.report(step, &object, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Change what writes other values first", "");
        }
    }
}

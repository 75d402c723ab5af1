use super::cx::{Cx, Sink};
use super::support::{copied_to, dropped_columns, dropped_tables};
use super::told::is_disused;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// The way back makes again what was dropped, and leaves it empty.
    ///
    /// It gives back a column or table and not the data. Keep a copy that the way back can read, or say that the backup is it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, plan text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts drop column plan;
    /// -- down
    /// alter table accounts add column plan text;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column plan text;
    /// -- down
    /// alter table accounts drop column plan;
    /// ```
    pub(super) static RULE = {
        name: "empty-way-back",
        group: Reversibility,
        class: DataLoss,
        since: "0.1.0",
        check: empty_way_back,
    }
}

fn empty_way_back(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(back) = cx.back() else { return };
    let restored = |name: &str| back.table(name).is_some();
    for table in dropped_tables(cx).filter(|it| restored(&it.name)) {
        let claim = format!("the way back makes `{}` again, and none of its rows", table.name);
        let risk = if is_disused(cx, table.id) { Risk::Low } else { Risk::High };
        sink.whole(&table.name, risk, claim).stake(Stake::Data);
    }
    for (table, column) in dropped_columns(cx) {
        let is_back = back.table(&table.name).is_some_and(|it| it.column(&column.name).is_some());
        if is_back
            && copied_to(cx, table, column).is_none()
            && !is_filled(cx, &table.name, &column.name)
        {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("the way back adds `{object}` again, and none of its values");
            let risk = if is_disused(cx, column.id) { Risk::Low } else { Risk::High };
            sink.whole(&object, risk, claim).stake(Stake::Data);
        }
    }
}

/// Whether the way back writes values of its own.
fn is_filled(cx: &Cx, table: &str, column: &str) -> bool {
    let Ok(back) = cx.way_back() else { return false };
    back.change.steps.iter().any(|it| {
        matches!(&it.action, Action::Update(it) if it.table == table && it.sets.iter().any(|it| it.0 == column))
    })
}

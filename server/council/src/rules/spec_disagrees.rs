use super::cx::{Cx, Sink};
use super::support::{dropped_columns, dropped_tables};
use crate::wanted::wanted;
use model::{Risk, Stake};

declare_rule! {
    /// The spec asks for a table or column that the migration drops.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes drop column body;
    /// -- spec
    /// # Notes
    ///
    /// ## Data model
    ///
    /// | Table | Columns |
    /// | --- | --- |
    /// | notes | id, body |
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table notes add column title text;
    /// -- spec
    /// # Notes
    ///
    /// ## Data model
    ///
    /// | Table | Columns |
    /// | --- | --- |
    /// | notes | id, body, title |
    /// ```
    pub(super) static RULE = {
        name: "spec-disagrees",
        group: Spec,
        class: Spec,
        since: "0.1.0",
        check: spec_disagrees,
    }
}

fn spec_disagrees(cx: &Cx, sink: &mut Sink<'_>) {
    let wanted = wanted(&cx.subject);
    let asks = |table: &str| wanted.iter().find(|it| it.name == table);
    for table in dropped_tables(cx).filter(|it| asks(&it.name).is_some()) {
        let claim = format!("the spec asks for `{}`, which is dropped", table.name);
        sink.whole(&table.name, Risk::High, claim).stake(Stake::Data);
    }
    for (table, column) in dropped_columns(cx) {
        if asks(&table.name).is_some_and(|it| it.columns.iter().any(|it| it.0 == column.name)) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("the spec asks for `{object}`, which is dropped");
            sink.whole(&object, Risk::High, claim).stake(Stake::Data);
        }
    }
}

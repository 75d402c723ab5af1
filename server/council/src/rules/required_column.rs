use super::cx::{Cx, Sink};
use super::support::client_risk;
use model::Risk;

declare_rule! {
    /// A new column must have a value, and deployed writers do not give it one.
    ///
    /// Give it a default until all writers know it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column level integer not null default 0;
    /// ```
    pub(super) static RULE = {
        name: "required-column",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: required_column,
    }
}

fn required_column(cx: &Cx, sink: &mut Sink<'_>) {
    for table in &cx.change.after.tables {
        let Some(old) = cx.change.before.table_of(table.id) else { continue };
        for column in &table.columns {
            let fills_itself =
                column.default.is_some() || column.is_identity || column.generated.is_some();
            if old.column_of(column.id).is_some() || !column.not_null || fills_itself {
                continue;
            }
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("writers that do not know `{object}` fail");
            sink.whole(&object, client_risk(cx, Risk::High), claim).fix(
                "Give it a default",
                format!("alter table {} alter column {} set default …;", table.name, column.name),
            );
        }
    }
}

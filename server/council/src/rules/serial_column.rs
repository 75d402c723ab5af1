use super::cx::{Cx, Sink};
use super::support::new_columns;
use model::Risk;

declare_rule! {
    /// A new column is `serial`, where an identity column does better.
    ///
    /// The sequence behind it has rights and an owner of its own, and programs may write any number past it.
    ///
    /// ```sql,bad
    /// -- migration
    /// create table items (id bigserial primary key);
    /// ```
    /// ```sql,good
    /// -- migration
    /// create table items (id bigint generated always as identity primary key);
    /// alter table items enable row level security;
    /// create policy some on items using (id > 7);
    /// ```
    pub(super) static RULE = {
        name: "serial-column",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: serial_column,
    }
}

fn serial_column(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, column) in
        new_columns(cx).filter(|it| cx.is_postgres() && it.1.kind.base.ends_with("serial"))
    {
        let object = format!("{}.{}", table.name, column.name);
        let claim =
            format!("`{object}` is `{}`, where an identity column does better", column.kind);
        sink.whole(&object, Risk::Low, claim)
            .fix("Use the other", "bigint generated always as identity");
    }
}

use super::cx::{Cx, Sink};
use super::support::{new_columns, new_tables};
use model::Risk;

declare_rule! {
    /// A name has capital letters, and has to be quoted wherever it is used.
    ///
    /// PostgreSQL folds names without quotes to small letters.
    ///
    /// ```sql,bad
    /// -- migration
    /// create table "UserData" (id bigint primary key, "orgId" bigint);
    /// ```
    /// ```sql,good
    /// create table user_data (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table user_data add column org_id bigint;
    /// ```
    pub(super) static RULE = {
        name: "quoted-name",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: quoted_name,
    }
}

fn quoted_name(cx: &Cx, sink: &mut Sink<'_>) {
    let is_mixed = |it: &str| cx.is_postgres() && it.chars().any(char::is_uppercase);
    for table in new_tables(cx).filter(|it| is_mixed(&it.name)) {
        let claim = format!("`{}` has to be quoted wherever it is used", table.name);
        sink.whole(&table.name, Risk::Info, claim);
    }
    for (table, column) in
        new_columns(cx).filter(|it| !is_mixed(&it.0.name) && is_mixed(&it.1.name))
    {
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!("`{object}` has to be quoted wherever it is used");
        sink.whole(&object, Risk::Info, claim);
    }
}

use super::cx::{Cx, Sink};
use super::support::new_columns;
use model::Risk;

declare_rule! {
    /// A new column limits the length of its text by its type.
    ///
    /// Making the limit smaller later locks and reads the whole table. `text` with a check can be changed without that.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column nick varchar(40);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column nick text;
    /// ```
    pub(super) static RULE = {
        name: "limited-text",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: limited_text,
    }
}

fn limited_text(cx: &Cx, sink: &mut Sink<'_>) {
    let is_limited =
        |kind: &crate::schema::Type| kind.base == "varchar" && !kind.arguments.is_empty();
    for (table, column) in new_columns(cx).filter(|it| cx.is_postgres() && is_limited(&it.1.kind)) {
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!("`{object}` is `{}`: another limit needs a lock", column.kind);
        sink.whole(&object, Risk::Info, claim).fix("Use `text` with a check", "");
    }
}

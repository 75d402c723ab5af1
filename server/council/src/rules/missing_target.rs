use super::cx::{Cx, Sink};
use super::support::new_keys;
use model::Risk;

declare_rule! {
    /// A foreign key names a table that is not there.
    ///
    /// PostgreSQL refuses the statement. SQLite takes it, and every row that is written later fails.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// -- migration
    /// create table items (id bigint primary key, order_id bigint not null references accounts (id));
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// create table c (id integer primary key, p_id integer references ps (id));
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// create table c (id integer primary key, p_id integer references p (id));
    /// ```
    pub(super) static RULE = {
        name: "missing-target",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: missing_target,
    }
}

fn missing_target(cx: &Cx, sink: &mut Sink<'_>) {
    // Without a base nothing is known of what is there, and another schema may be somebody else's.
    if !cx.change.has_base {
        return;
    }
    for (table, key) in new_keys(cx) {
        let Some(target) = key.target.as_ref().filter(|it| !it.table.contains('.')) else {
            continue;
        };
        let known = cx.change.after.table(&target.table).is_some_and(|it| !it.assumed)
            || cx.change.before.table(&target.table).is_some_and(|it| !it.assumed);
        if !known {
            let claim =
                format!("`{}` refers to `{}`, which is not there", table.name, target.table);
            sink.whole(&table.name, Risk::High, claim);
        }
    }
}

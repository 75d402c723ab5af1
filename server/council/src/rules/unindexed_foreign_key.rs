use super::cx::{Cx, Sink};
use super::support::new_keys;
use model::Risk;

declare_rule! {
    /// A foreign key has no index: deleting a row of its target reads the whole table.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint references accounts (id));
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint references accounts (id));
    /// create index on notes (account_id);
    /// ```
    pub(super) static RULE = {
        name: "unindexed-foreign-key",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unindexed_foreign_key,
    }
}

fn unindexed_foreign_key(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, key) in new_keys(cx).filter(|_| cx.is_postgres()) {
        if !table.assumed && !table.is_indexed(&key.columns) {
            let columns = key.columns.join(", ");
            let claim = format!("`{columns}` of `{}` refers to another table and has no index", table.name);
            sink.whole(&format!("{}.{columns}", table.name), Risk::Low, claim)
                .fix("Add one", format!("create index concurrently on {} ({columns});", table.name));
        }
    }
}

use super::cx::{Cx, Sink};
use super::support::new_keys;
use crate::schema::{OnDelete, Table};
use model::{Risk, Stake};

declare_rule! {
    /// A foreign key has no index: deleting a row of its target reads the whole table.
    ///
    /// One that also deletes or empties what refers to it asks: each delete then waits for that.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint references accounts (id));
    /// ```
    /// ```sqlite,bad
    /// create table people (id integer primary key);
    /// -- migration
    /// create table pets (id integer primary key, person_id integer references people (id));
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
    for (table, key) in new_keys(cx) {
        if !table.assumed && !table.is_indexed(&key.columns) {
            let columns = key.columns.join(", ");
            let claim =
                format!("`{columns}` of `{}` refers to another table and has no index", table.name);
            // Each delete of a row that is referred to reads the whole table, and writes to it.
            let acts = key.target.as_ref().is_some_and(|it| it.on_delete != OnDelete::Refuse);
            let risk = if acts { Risk::Medium } else { Risk::Low };
            sink.whole(&format!("{}.{columns}", table.name), risk, claim)
                .stake(Stake::Service)
                .fix("Add one", fix(cx, table, &columns));
        }
    }
}

fn fix(cx: &Cx, table: &Table, columns: &str) -> String {
    let name = columns.replace(", ", "_");
    match cx.is_postgres() {
        true => format!("create index concurrently on {} ({columns});", table.name),
        false => format!("create index {0}_{name} on {0} ({columns});", table.name),
    }
}

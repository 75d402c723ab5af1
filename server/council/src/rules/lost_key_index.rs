use super::cx::{Cx, Sink};
use super::support::{name_now, successor};
use crate::schema::ConstraintKind;
use model::{Risk, Stake};

declare_rule! {
    /// A foreign key loses the index that served it: deleting or changing a row of its target reads the whole table from now on, and locks what it reads.
    ///
    /// Keep an index that starts with the columns of the key.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key);
    /// create table orders (id bigint primary key, account_id bigint references accounts (id));
    /// create index orders_account on orders (account_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index concurrently orders_account;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key);
    /// create table orders (id bigint primary key, account_id bigint references accounts (id), at date);
    /// create index orders_account on orders (account_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create index concurrently if not exists orders_account_at on orders (account_id, at);
    /// drop index concurrently if exists orders_account;
    /// ```
    pub(super) static RULE = {
        name: "lost-key-index",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: lost_key_index,
    }
}

fn lost_key_index(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.tables {
        // Of a rebuilt table in SQLite another rule tells what it lost.
        let Some(new) = successor(cx, old).filter(|it| it.id == old.id || cx.is_postgres()) else {
            continue;
        };
        let keys = old.constraints.iter().filter(|it| it.kind == ConstraintKind::Foreign);
        for key in keys.filter(|it| old.is_indexed(&it.columns)) {
            let names = key.columns.iter().map(|it| name_now(old, new, it).map(str::to_owned));
            let Some(names) = names.collect::<Option<Vec<String>>>() else { continue };
            let has_key = new
                .constraints
                .iter()
                .any(|it| it.kind == ConstraintKind::Foreign && it.columns == names);
            if has_key && !new.is_indexed(&names) {
                let columns = names.join(", ");
                let claim =
                    format!("the foreign key `{columns}` of `{}` loses its index", new.name);
                let object = format!("{}.{columns}", new.name);
                sink.whole(&object, Risk::Medium, claim).stake(Stake::Service).fix("Keep it", "");
            }
        }
    }
}

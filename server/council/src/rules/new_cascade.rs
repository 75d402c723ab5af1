use super::cx::{Cx, Sink};
use super::support::successor;
use crate::schema::{Constraint, OnDelete, Table};
use model::{Risk, Stake};

declare_rule! {
    /// Deleting a row now deletes rows of another table, or takes their reference, which it did not before.
    ///
    /// A rebuilt table counts as the one whose place it takes. A reference that may be null and becomes null is told as low: the row stays.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create table orders (id bigint primary key, account_id bigint, constraint of_account foreign key (account_id) references accounts (id));
    /// create index on orders (account_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders drop constraint of_account;
    /// alter table orders add constraint of_account foreign key (account_id) references accounts (id) on delete cascade not valid;
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete set null);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table c_new (id integer primary key, p_id integer references p (id) on delete cascade);
    /// insert into c_new select id, p_id from c;
    /// drop table c;
    /// alter table c_new rename to c;
    /// pragma foreign_key_check;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// create table orders (id bigint primary key, account_id bigint, constraint of_account foreign key (account_id) references accounts (id));
    /// create index on orders (account_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders drop constraint of_account;
    /// alter table orders add constraint of_account foreign key (account_id) references accounts (id) on delete restrict not valid;
    /// ```
    pub(super) static RULE = {
        name: "new-cascade",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: new_cascade,
    }
}

fn new_cascade(cx: &Cx, sink: &mut Sink<'_>) {
    for old in &cx.change.before.tables {
        let Some(table) = successor(cx, old) else { continue };
        for key in &table.constraints {
            let Some(target) = key.target.as_ref() else { continue };
            let same = old.constraints.iter().filter(|it| it.columns == key.columns);
            let was = same.filter_map(|it| it.target.as_ref()).find(|it| it.table == target.table);
            // A tree in one table grows with its branches.
            let is_tree = target.table == table.name && was.is_none() && is_new(old, key);
            let may_be_null =
                key.columns.iter().all(|it| table.column(it).is_some_and(|it| !it.not_null));
            // The row stays, and may be without it.
            let is_mild = target.on_delete == OnDelete::SetNull && may_be_null;
            let effect = match (was.map(|it| it.on_delete), target.on_delete) {
                (_, OnDelete::Cascade) if is_tree => continue,
                (was, now) if was == Some(now) => continue,
                (_, OnDelete::Cascade) => "deletes rows",
                (Some(OnDelete::Refuse), OnDelete::SetNull | OnDelete::SetDefault) => {
                    "takes the reference of rows"
                }
                _ => continue,
            };
            if cx.change.before.table(&target.table).is_some() {
                let claim = format!(
                    "deleting a row of `{}` now {effect} of `{}`",
                    target.table, table.name
                );
                let risk = if is_mild { Risk::Low } else { Risk::Medium };
                sink.whole(&table.name, risk, claim)
                    .stake(Stake::Data)
                    .fix("Use `on delete restrict`", "");
            }
        }
    }
}

/// Whether a key is about columns that no row had before.
fn is_new(old: &Table, key: &Constraint) -> bool {
    key.columns.iter().all(|it| old.column(it).is_none())
}

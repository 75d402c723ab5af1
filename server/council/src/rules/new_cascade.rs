use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// Deleting a row now deletes rows of another table, which it did not before.
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
    for table in &cx.change.after.tables {
        let Some(old) = cx.change.before.table_of(table.id) else { continue };
        for key in &table.constraints {
            let Some(target) = key.target.as_ref().filter(|it| it.cascades) else { continue };
            let same = old.constraints.iter().filter(|it| it.columns == key.columns);
            let was = same.filter_map(|it| it.target.as_ref()).find(|it| it.table == target.table);
            if was.is_some_and(|it| it.cascades) || cx.change.before.table(&target.table).is_none() {
                continue;
            }
            let claim = format!("deleting a row of `{}` now deletes rows of `{}`", target.table, table.name);
            sink.whole(&table.name, Risk::Medium, claim).stake(Stake::Data)
                .fix("Use `on delete restrict`", "");
        }
    }
}

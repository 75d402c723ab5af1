use super::cx::{Cx, Sink};
use super::support::locking;
use crate::schema::Id;
use model::{Risk, Stake};

declare_rule! {
    /// One transaction locks several tables that are in use.
    ///
    /// Each stays locked until the last is done, and another that takes them in another order waits for ever. Change one table in a transaction.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table accounts add column a text;
    /// alter table orders add column a text;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column a text;
    /// alter table orders add column a text;
    /// ```
    pub(super) static RULE = {
        name: "wide-transaction",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: wide_transaction,
    }
}

/// Tables whose locks are waited for and held together: sooner or later another program holds one of
/// them and waits for the next.
const MANY: usize = 4;

fn wide_transaction(cx: &Cx, sink: &mut Sink<'_>) {
    let mut locked: Vec<(u32, Id)> = Vec::new();
    for (step, table, _) in locking(cx) {
        let Some(number) = step.transaction else { continue };
        let n_others = locked.iter().filter(|it| it.0 == number && it.1 != table.id).count();
        let is_known = locked.contains(&(number, table.id));
        if !is_known {
            locked.push((number, table.id));
        }
        if !is_known && n_others == 1 {
            let claim =
                format!("locks `{}` too, while the transaction holds another table", table.name);
            sink.report(step, &table.name, Risk::Low, claim);
        }
        if !is_known && n_others == MANY - 1 {
            let claim =
                format!("the transaction holds {MANY} tables at once, `{}` too", table.name);
            sink.report(step, &table.name, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Commit after each table", "commit;");
        }
    }
}

use super::cx::{Cx, Sink};
use super::support::locking;
use crate::change::Step;
use crate::ddl::AlterPart;
use model::Risk;

declare_rule! {
    /// A constraint is added and validated in one transaction, so that its lock is held while the table is read.
    ///
    /// Validate it in a transaction of its own.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter table orders add constraint positive check (total > 0) not valid;
    /// alter table orders validate constraint positive;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint positive check (total > 0) not valid;
    /// alter table orders validate constraint positive;
    /// ```
    pub(super) static RULE = {
        name: "same-transaction-validation",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: same_transaction_validation,
    }
}

fn same_transaction_validation(cx: &Cx, sink: &mut Sink<'_>) {
    let mut added: Vec<(&Step, &str, &str)> = Vec::new();
    for (step, table, part) in locking(cx) {
        // One statement is one transaction too.
        let is_with = |it: &Step| {
            std::ptr::eq(it, step) || it.transaction.is_some() && it.transaction == step.transaction
        };
        match part {
            AlterPart::AddConstraint(it) if !it.is_validated => {
                added.push((step, &table.name, &it.name));
            }
            AlterPart::Validate { name }
                if added.iter().any(|it| is_with(it.0) && it.1 == table.name && it.2 == name) =>
            {
                let claim = format!(
                    "validates `{name}` while the lock of adding it is held on `{}`",
                    table.name
                );
                sink.report(step, name, Risk::High, claim)
                    .fix("Commit before validating", "commit;\nbegin;");
            }
            _ => {}
        }
    }
}

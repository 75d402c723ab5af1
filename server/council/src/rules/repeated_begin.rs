use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A transaction is begun within another.
    ///
    /// SQLite refuses it. PostgreSQL goes on with the first one, and the next `commit` ends it: what follows is no longer undone when something fails. Use a savepoint.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// begin;
    /// alter table orders add column memo text;
    /// commit;
    /// ```
    /// ```sqlite,bad
    /// create table orders (id integer primary key, state text);
    /// -- migration
    /// begin;
    /// begin immediate;
    /// alter table orders add column memo text;
    /// commit;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, state text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// savepoint before_memo;
    /// alter table orders add column memo text;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "repeated-begin",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: repeated_begin,
    }
}

fn repeated_begin(cx: &Cx, sink: &mut Sink<'_>) {
    let steps = &cx.change.steps;
    for (at, step) in steps.iter().enumerate().skip(1) {
        if step.action != Action::Begin || steps[at - 1].transaction.is_none() {
            continue;
        }
        let (risk, claim) = match cx.is_postgres() {
            true => {
                (Risk::Medium, "begins a transaction within another: the next `commit` ends both")
            }
            false => (Risk::High, "fails: SQLite begins no transaction within another"),
        };
        let report = sink
            .report(step, "transaction", risk, claim)
            .fix("Use a savepoint", "savepoint inner_part;");
        if is_cut(&steps[at..]) {
            report.stake(Stake::Service);
        }
    }
}

/// Whether something runs between the first end and a second one.
fn is_cut(steps: &[Step]) -> bool {
    let is_end = |it: &&Step| matches!(it.action, Action::Commit | Action::Rollback);
    let behind = steps.iter().skip_while(|it| !is_end(it)).skip(1);
    behind
        .take_while(|it| !is_end(it))
        .any(|it| !matches!(it.action, Action::Begin | Action::Set { .. }))
}

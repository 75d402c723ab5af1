use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::TokenKind;
use model::{Risk, Stake};

declare_rule! {
    /// A value is added to an enum and used in the same transaction, which the server refuses.
    ///
    /// Commit between the two. Without a transaction of the file's own it works as long as nobody runs the file as one; better make it two migrations.
    ///
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok');
    /// create table people (id bigint primary key, m mood);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter type mood add value 'great';
    /// update people set m = 'great' where id = 1;
    /// commit;
    /// ```
    /// ```sql,good
    /// create type mood as enum ('sad', 'ok');
    /// create table people (id bigint primary key, m mood);
    /// -- migration
    /// set lock_timeout = '2s';
    /// begin;
    /// alter type mood add value if not exists 'great';
    /// commit;
    /// begin;
    /// update people set m = 'great' where id = 1;
    /// commit;
    /// ```
    pub(super) static RULE = {
        name: "enum-value-used-early",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: enum_value_used_early,
    }
}

fn enum_value_used_early(cx: &Cx, sink: &mut Sink<'_>) {
    let mut added: Vec<(Option<u32>, &str, &str)> = Vec::new();
    for step in &cx.change.steps {
        let number = step.transaction;
        if let Action::AddEnumValue { name, value } = &step.action {
            added.push((number, name, value));
            continue;
        }
        let uses = |value: &str| {
            step.raw.tokens.iter().any(|it| it.kind == TokenKind::Text && it.text == value)
        };
        for (_, name, value) in added.iter().filter(|it| it.0 == number && uses(it.2)) {
            let (risk, what, fix) = match number {
                Some(_) => (Risk::High, "transaction that adds it", "commit;"),
                // Most programs that run migrations run a file as one transaction.
                None => (Risk::Medium, "file that adds it, which may run as one transaction,", ""),
            };
            let claim = format!("uses `{value}` in the {what} to `{name}`");
            sink.report(step, name, risk, claim)
                .stake(Stake::Service)
                .fix("Commit before it is used: in a migration of its own", fix);
        }
    }
}

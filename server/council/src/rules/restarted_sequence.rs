use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use crate::sql::{Cursor, Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// A sequence starts again, and gives numbers that rows have already.
    ///
    /// Inserts fail, or numbers that other systems keep mean another row.
    ///
    /// ```sql,bad
    /// create sequence order_no;
    /// -- migration
    /// alter sequence order_no restart with 1;
    /// ```
    /// ```sql,bad
    /// create sequence invoice_no;
    /// -- migration
    /// select setval('invoice_no', 1);
    /// ```
    /// ```sql,bad
    /// create table items (id bigint generated always as identity primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table items alter column id restart with 1;
    /// ```
    /// ```sql,good
    /// create sequence order_no;
    /// -- migration
    /// alter sequence order_no cache 20;
    /// ```
    pub(super) static RULE = {
        name: "restarted-sequence",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: restarted_sequence,
    }
}

fn restarted_sequence(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let name = match &step.action {
            Action::RestartSequence { name } => name,
            Action::AlterTable { table, .. } if restarts_identity(cx, step, table) => table,
            _ => continue,
        };
        if step.schema.has_other("sequence", name) && !cx.change.before.has_other("sequence", name)
        {
            continue;
        }
        let is_computed = step.raw.tokens.iter().any(|it| it.text == "max");
        let risk = match is_computed {
            true => Risk::Info,
            false if starts_over(&step.raw.tokens) => Risk::High,
            false => Risk::Medium,
        };
        sink.report(step, name, risk, format!("`{name}` may give numbers again that rows have"))
            .stake(Stake::Data);
    }
}

/// `alter table … alter column … restart`
fn restarts_identity(cx: &Cx, step: &Step, table: &str) -> bool {
    cx.change.old_table(step, table).is_some() && Cursor::new(&step.raw.tokens).find("restart")
}

/// Whether it starts at its first number: none is given, or none above one.
fn starts_over(tokens: &[Token]) -> bool {
    let number = tokens.iter().rev().find(|it| it.kind == TokenKind::Number);
    number.is_none_or(|it| matches!(it.text.as_str(), "0" | "1"))
}

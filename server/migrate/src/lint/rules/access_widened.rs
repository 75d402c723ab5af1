use crate::lint::cx::{LintCx, Sink};
use crate::policy::{COMMANDS, Cell, MatrixRow, Subject, word};

declare_lint! {
    /// A migration lets somebody see or write rows that he could not before.
    ///
    /// The rule compares who can do what before and after, for guests, strangers, owners, members and each role. Read the sentence it reports aloud; if it is what you want, say so in the migration's comment.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, body text]
    ///   rls: own-row
    /// # next
    /// set_rls:
    ///   table: notes
    ///   rls: own-or-public
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null, body text]
    ///   rls: own-or-public
    /// # next
    /// set_rls:
    ///   table: notes
    ///   rls: own-row
    /// ```
    pub(super) static RULE = {
        name: "access-widened",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: access_widened,
    }
}

fn access_widened(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| cx.existed(&it.name)) {
        for row in cx.matrix().rows.iter().filter(|it| it.table == table.name) {
            for what in wider(cx, row) {
                let message = format!("{} can now {what} rows of `{}`", row.subject, table.name);
                sink.report(cx.access_origin(table), message);
            }
        }
    }
}

/// The commands of `row` that were not possible, or for fewer rows.
fn wider(cx: &LintCx<'_>, row: &MatrixRow) -> Vec<String> {
    let mut out = Vec::new();
    for (command, now) in COMMANDS.into_iter().zip(row.cells.iter()) {
        // A role that was not told apart before was a stranger.
        let was = cx.matrix_before().cell(&row.table, &row.subject, command);
        let was = was.or(cx.matrix_before().cell(&row.table, &Subject::Stranger, command));
        let is_wider = match (was, now) {
            (None, _) | (_, Cell::No) | (Some(Cell::Yes), _) => false,
            (Some(Cell::No), _) | (Some(Cell::If(_)), Cell::Yes) => true,
            (Some(Cell::If(was)), Cell::If(now)) => was != now,
        };
        if is_wider {
            let condition = if let Cell::If(_) = now { format!(" {now}:") } else { String::new() };
            out.push(format!("{}{}", word(command), condition.trim_end_matches(':')));
        }
    }
    out
}

use crate::lint::cx::{LintCx, Sink};
use crate::policy::{Cell, Subject, word};
use crate::schema::{Access, Command};

declare_lint! {
    /// Somebody who is not signed in can write rows.
    ///
    /// A guarded table whose policies let a guest insert, update or delete is open to every script that finds it. Ask for `currentUser()` or a role.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: votes
    ///   columns: [id pk, choice text]
    ///   rls: choice in ('yes', 'no')
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: votes
    ///   columns: [id pk, choice text]
    ///   rls: currentUser() is not null and choice in ('yes', 'no')
    /// ```
    pub(super) static RULE = {
        name: "open-write",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: open_write,
    }
}

fn open_write(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| it.access != Access::Public) {
        let open: Vec<&str> = [Command::Insert, Command::Update, Command::Delete]
            .into_iter()
            .filter(|it| {
                let cell = cx.matrix().cell(&table.name, &Subject::Guest, *it);
                cell.is_some_and(|it| *it != Cell::No)
            })
            .map(word)
            .collect();
        if !open.is_empty() {
            let message = format!("a guest can {} rows of `{}`", open.join(", "), table.name);
            sink.report(cx.access_origin(table), message);
        }
    }
}

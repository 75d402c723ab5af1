use crate::lint::cx::{LintCx, Sink};
use crate::policy::{Cell, Subject, user_column, word};
use crate::schema::{Access, Command};

declare_lint! {
    /// Everyone who is signed in can change or delete rows that belong to others.
    ///
    /// The table says whose each row is, and its policies do not ask.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null]
    ///   rls: currentUser() is not null
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ---
    /// add_table:
    ///   name: notes
    ///   columns: [id pk, user_id fk->users.id not null]
    ///   rls: own-or-public
    /// ```
    pub(super) static RULE = {
        name: "strangers-write",
        group: Access,
        severity: Warning,
        since: "0.1.0",
        check: strangers_write,
    }
}

fn strangers_write(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed().filter(|it| it.access != Access::Public) {
        let Some(owner) = user_column(table, cx.after) else { continue };
        let may = |subject: &Subject, command: Command| {
            cx.matrix().cell(&table.name, subject, command) == Some(&Cell::Yes)
        };
        // What a guest can do, `open-write` says.
        let open: Vec<&str> = [Command::Update, Command::Delete]
            .into_iter()
            .filter(|it| may(&Subject::Stranger, *it) && !may(&Subject::Guest, *it))
            .map(word)
            .collect();
        if !open.is_empty() {
            let what = open.join(", ");
            let message = format!(
                "whoever is signed in can {what} rows of `{}`, whatever `{owner}` says",
                table.name
            );
            sink.report(cx.access_origin(table), message);
        }
    }
}

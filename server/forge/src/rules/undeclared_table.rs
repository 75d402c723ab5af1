use super::{Cx, Sink};
use crate::rules::references;

declare_rule! {
    /// A resource names a table that no migration makes.
    ///
    /// ```yaml,bad
    /// realtime:
    ///   chat: {table: messages}
    /// ```
    /// ```yaml,good
    /// realtime:
    ///   chat: {policy: signed-in}
    /// ```
    pub(crate) static RULE = {
        name: "undeclared-table",
        severity: Error,
        since: "0.1.0",
        check: undeclared_table,
    }
}

fn undeclared_table(cx: &Cx<'_>, sink: &mut Sink) {
    references::check(cx, references::Kind::Table, &RULE, sink);
}

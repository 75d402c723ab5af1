use super::cx::{Cx, Sink};
use crate::sql::Cursor;
use model::Risk;

declare_rule! {
    /// A constraint of a domain is checked in every table that uses it, while nobody can use these.
    ///
    /// Add it with `not valid` and validate it later, or put the check on the column.
    ///
    /// ```sql,bad
    /// create domain email as text;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter domain email add constraint has_at check (value like '%@%');
    /// ```
    /// ```sql,good
    /// create domain email as text;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter domain email add constraint has_at check (value like '%@%') not valid;
    /// ```
    pub(super) static RULE = {
        name: "domain-scan",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: domain_scan,
    }
}

fn domain_scan(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let mut cursor = Cursor::new(&step.raw.tokens);
        if !cursor.eat("alter domain") {
            continue;
        }
        let Some(name) = cursor.name() else { continue };
        let is_new =
            !cx.change.before.has_other("domain", &name) && step.schema.has_other("domain", &name);
        let adds = (cursor.eat("add") && !cursor.sees("not null") || cursor.eat("set not null"))
            && !cursor.find("not valid");
        if adds && !is_new {
            let claim = format!("reads every table that uses `{name}` while nobody can use them");
            sink.report(step, &name, Risk::High, claim)
                .fix("Add it with `not valid`, and validate it later", "");
        }
    }
}

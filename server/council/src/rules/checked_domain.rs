use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// A domain has a check.
    ///
    /// To change it later, every table with a column of the domain is read under lock at once. A check of the column touches one table.
    ///
    /// ```sql,bad
    /// -- migration
    /// create domain positive as integer check (value > 0);
    /// ```
    /// ```sql,good
    /// -- migration
    /// create domain positive as integer;
    /// ```
    pub(super) static RULE = {
        name: "checked-domain",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: checked_domain,
    }
}

fn checked_domain(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::CreateDomain { name, is_checked } = &step.action else { continue };
        if *is_checked {
            let claim = format!(
                "to change the check of `{name}`, every table that uses it is read under lock"
            );
            sink.report(step, name, Risk::Low, claim).fix("Check the column", "");
        }
    }
}

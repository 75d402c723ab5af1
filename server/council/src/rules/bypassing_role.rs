use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A role is made that no policy stops, or that may make such roles.
    ///
    /// `superuser`, `bypassrls`, `createrole` and `replication` see or copy everything.
    ///
    /// ```sql,bad
    /// -- migration
    /// alter role app bypassrls;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create role reporting nologin;
    /// ```
    pub(super) static RULE = {
        name: "bypassing-role",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: bypassing_role,
    }
}

fn bypassing_role(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Role { name, options } = &step.action else { continue };
        for option in options {
            let risk = match option.as_str() {
                "superuser" | "bypassrls" => Risk::Critical,
                "createrole" | "replication" => Risk::High,
                _ => continue,
            };
            sink.report(step, name, risk, format!("`{name}` gets `{option}`")).stake(Stake::Access);
        }
    }
}

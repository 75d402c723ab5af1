use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// The migration switches protections off for its session: triggers and foreign keys, or row security.
    ///
    /// What it writes is then checked by nobody.
    ///
    /// ```sql,bad
    /// -- migration
    /// set session_replication_role = replica;
    /// ```
    /// ```sql,good
    /// -- migration
    /// set statement_timeout = '5s';
    /// ```
    pub(super) static RULE = {
        name: "session-bypass",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: session_bypass,
    }
}

fn session_bypass(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Set { name, value } = &step.action else { continue };
        let value = value.trim_matches('\'');
        let (risk, claim) = match (name.as_str(), value) {
            ("session_replication_role", "replica") => (Risk::High, "triggers and foreign keys do not run from here"),
            ("row_security", "off") => (Risk::Medium, "row security is asked to be off from here"),
            ("check_function_bodies", "off" | "false") => (Risk::Low, "functions are made without a look at their bodies"),
            ("ignore_system_indexes" | "zero_damaged_pages", "on" | "true") => (Risk::High, "damaged data is passed over from here"),
            _ => continue,
        };
        sink.report(step, name, risk, claim).stake(Stake::Access);
    }
}

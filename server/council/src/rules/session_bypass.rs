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
    /// ```sql,bad
    /// -- migration
    /// set role postgres;
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
        let words: Vec<&str> = step.raw.tokens.iter().map(|it| it.text.as_str()).collect();
        let sets =
            |name: &str, value: &str| words.windows(3).any(|it| it[0] == name && it[2] == value);
        if words[0] == "alter"
            && (sets("row_security", "off") || sets("session_replication_role", "replica"))
        {
            let claim = "protections are off in every session to come";
            sink.report(step, "settings", Risk::High, claim).stake(Stake::Access);
        }
        let (name, value) = match &step.action {
            Action::Set { name, value, .. } => (name, value.trim_matches('\'')),
            _ => continue,
        };
        let (risk, claim) = match (name.as_str(), value) {
            ("session_replication_role", "replica") => {
                (Risk::High, "triggers and foreign keys do not run from here")
            }
            ("role" | "authorization", role) if is_mighty(role) => (
                Risk::Medium,
                "what follows is done as a role that nothing stops, and belongs to it",
            ),
            ("row_security", "off") => (Risk::Medium, "row security is asked to be off from here"),
            ("check_function_bodies", "off" | "false") => {
                (Risk::Low, "functions are made without a look at their bodies")
            }
            ("ignore_system_indexes" | "zero_damaged_pages", "on" | "true") => {
                (Risk::High, "damaged data is passed over from here")
            }
            _ => continue,
        };
        sink.report(step, name, risk, claim).stake(Stake::Access);
    }
}

/// Whether a role is the server's own master.
fn is_mighty(role: &str) -> bool {
    ["postgres", "supabase_admin", "rds_superuser", "cloudsqlsuperuser", "root"].contains(&role)
}

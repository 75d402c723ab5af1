use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// The migration runs a program, uses a file of the server, or talks to another server.
    ///
    /// ```sql,bad
    /// -- migration
    /// copy accounts to program 'sh';
    /// ```
    /// ```sql,good
    /// -- migration
    /// set statement_timeout = '5s';
    /// ```
    pub(super) static RULE = {
        name: "outside-access",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: outside_access,
    }
}

fn outside_access(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (object, risk, claim) = match &step.action {
            Action::Outside(claim) => (
                "server",
                if claim.contains("program") { Risk::Critical } else { Risk::High },
                *claim,
            ),
            Action::Create { kind: "extension", name } if is_strong(name) => {
                (name.as_str(), Risk::Medium, "the extension reaches out of the database")
            }
            Action::Create { kind: "server" | "subscription", name } => {
                (name.as_str(), Risk::Medium, "another server is connected")
            }
            _ => continue,
        };
        sink.report(step, object, risk, claim).stake(Stake::Access);
    }
}

fn is_strong(extension: &str) -> bool {
    const STRONG: [&str; 9] = [
        "plpythonu",
        "plpython3u",
        "plperlu",
        "pltclu",
        "dblink",
        "postgres_fdw",
        "file_fdw",
        "adminpack",
        "http",
    ];
    STRONG.contains(&extension)
}

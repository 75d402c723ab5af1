use super::cx::{Cx, Sink};
use super::support::is_trusted;
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
        let joins = options.windows(2).position(|it| it[0] == "in" && it[1] == "role");
        let of = joins.and_then(|at| options.get(at + 2));
        if let Some(of) = of.filter(|it| is_trusted(it) || it.starts_with("pg_")) {
            let claim = format!("`{name}` may act as `{of}`");
            sink.report(step, name, Risk::High, claim).stake(Stake::Access);
        }
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

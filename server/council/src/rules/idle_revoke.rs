use super::cx::{Cx, Sink};
use super::support::is_anybody;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A privilege is taken from a role that still has it: everybody may call a function until that is revoked from `public`, and a privilege on a table holds for its columns.
    ///
    /// Revoke it where it was given. For columns, revoke the table and grant the others.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key, name text, ssn text);
    /// grant select on people to app;
    /// -- migration
    /// revoke select (ssn) on people from app;
    /// ```
    /// ```sql,bad
    /// create function forget(who bigint) returns void language sql set search_path = public as $$ select 1 $$;
    /// -- migration
    /// revoke execute on function forget(bigint) from anon;
    /// ```
    /// ```sql,good
    /// create function forget(who bigint) returns void language sql set search_path = public as $$ select 1 $$;
    /// -- migration
    /// revoke execute on function forget(bigint) from public, anon;
    /// ```
    pub(super) static RULE = {
        name: "idle-revoke",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: idle_revoke,
    }
}

fn idle_revoke(cx: &Cx, sink: &mut Sink<'_>) {
    let after = &cx.change.after;
    for step in &cx.change.steps {
        let Action::Revoke(it) = &step.action else { continue };
        let pairs = it.roles.iter().flat_map(|role| it.objects.iter().map(move |of| (role, of)));
        for (role, object) in pairs {
            let has = |privilege: &str| {
                after.grants.contains(&(object.clone(), role.clone(), privilege.to_owned()))
            };
            let column = it.columns.iter().find(|it| has(&it.0) || has("all"));
            if let Some((privilege, column)) = column {
                let claim = format!(
                    "`{role}` still has `{privilege}` on `{column}`, by that on the whole of `{object}`"
                );
                sink.report(step, object, Risk::Medium, claim).stake(Stake::Access);
            }
        }
        let is_function = matches!(it.kind, "function" | "procedure");
        let from_some = is_function && it.roles.iter().all(|it| it != "public");
        let open = it.objects.iter().find(|name| {
            after.functions.iter().any(|it| it.name == **name) && !after.closed.contains(*name)
        });
        if let Some(name) = open.filter(|_| from_some && it.roles.iter().any(|it| is_anybody(it))) {
            let claim =
                format!("{} may still call `{name}`, as everybody may", it.roles.join(", "));
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Access).fix(
                "Revoke it from everybody",
                format!("revoke execute on function {name} from public;"),
            );
        }
    }
}

use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use super::shown::is_shown_already;
use super::support::{is_anybody, is_trusted};
use crate::change::Step;
use crate::ddl::{Action, Grant};
use model::{Risk, Stake};

declare_rule! {
    /// Everybody is given a privilege, now or on all tables that come.
    ///
    /// Grant to the role that needs it. `public` and `anon` are whoever connects.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// grant all on accounts to public;
    /// ```
    /// ```sql,bad
    /// -- migration
    /// alter default privileges in schema public grant select on tables to anon;
    /// ```
    /// ```sql,bad
    /// -- migration
    /// grant service_role to anon;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// grant select on accounts to reporting;
    /// ```
    pub(super) static RULE = {
        name: "broad-grant",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: broad_grant,
    }
}

fn broad_grant(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        match &step.action {
            Action::Grant(it) => grant(cx, sink, step, it),
            Action::DefaultGrant { roles, privileges } => {
                let everybody: Vec<&str> =
                    roles.iter().map(String::as_str).filter(|it| is_anybody(it)).collect();
                let is_only = |all: &[&str]| privileges.iter().all(|it| all.contains(&it.as_str()));
                if !everybody.is_empty() && !is_only(&["usage"]) {
                    let (risk, what) = match is_only(&["usage", "execute"]) {
                        true => (Risk::Medium, "function"),
                        false => (Risk::High, "table"),
                    };
                    let claim = format!(
                        "{} gets {} on every {what} that comes",
                        everybody.join(", "),
                        privileges.join(", ")
                    );
                    sink.report(step, &roles[0], risk, claim).stake(Stake::Access);
                }
            }
            _ => {}
        }
    }
}

fn grant(cx: &Cx, sink: &mut Sink<'_>, step: &Step, it: &Grant) {
    let object = it.objects.join(", ");
    let everybody: Vec<&str> =
        it.roles.iter().map(String::as_str).filter(|it| is_anybody(it)).collect();
    let truncates = it.kind == "table" && it.privileges.iter().any(|it| it == "truncate");
    if truncates
        && everybody.is_empty()
        && !it.roles.iter().all(|it| is_trusted(it))
        && !is_taken_back(cx, step, it)
    {
        let claim = format!("{} may empty `{object}`, which no policy stops", it.roles.join(", "));
        sink.report(step, &object, Risk::Medium, claim).stake(Stake::Access);
    }
    let writes = it
        .privileges
        .iter()
        .any(|it| matches!(it.as_str(), "all" | "insert" | "update" | "delete" | "truncate"));
    if it.kind == "all tables in schema"
        && writes
        && everybody.is_empty()
        && !it.roles.iter().all(|it| is_trusted(it))
        && !is_taken_back(cx, step, it)
    {
        let claim = format!("{} may change every table of `{object}`", it.roles.join(", "));
        sink.report(step, &object, Risk::Medium, claim)
            .stake(Stake::Access)
            .fix("Name the tables that the role writes", "");
    }
    let rewrites = it
        .privileges
        .iter()
        .any(|it| matches!(it.as_str(), "all" | "update" | "delete" | "truncate"));
    let makes = it.kind == "schema"
        && it.privileges.iter().any(|it| it == "create" || it == "all")
        && everybody.is_empty()
        && !it.roles.iter().all(|it| is_trusted(it));
    if makes && it.objects.iter().any(|it| it == "public") {
        let claim = format!(
            "{} may make functions and tables where others look for theirs",
            it.roles.join(", ")
        );
        sink.report(step, &object, Risk::Medium, claim).stake(Stake::Access);
    }
    let record = it.objects.iter().find(|it| is_evidence(it));
    if let Some(record) = record.filter(|_| rewrites && it.kind == "table" && everybody.is_empty())
        && !it.roles.iter().all(|it| is_trusted(it))
    {
        let claim = format!("{} may rewrite the record in `{record}`", it.roles.join(", "));
        sink.report(step, record, Risk::Medium, claim)
            .stake(Stake::Access)
            .fix("Grant `insert` and `select` alone", "");
    }
    if it.kind == "role" {
        let strong = it.privileges.iter().find(|it| {
            is_trusted(it) || it.starts_with("pg_") || cx.change.after.bypassing.contains(*it)
        });
        if let Some(strong) = strong {
            let risk = if everybody.is_empty() { Risk::High } else { Risk::Critical };
            let claim = format!("{} may act as `{strong}`", it.roles.join(", "));
            sink.report(step, strong, risk, claim).stake(Stake::Access);
        } else if !everybody.is_empty() {
            let claim = format!("{} may act as {}", everybody.join(", "), it.privileges.join(", "));
            sink.report(step, &it.privileges[0], Risk::High, claim).stake(Stake::Access);
        }
        return;
    }
    if it.with_grant_option {
        let claim = format!(
            "{} may pass {} on `{object}` on",
            it.roles.join(", "),
            it.privileges.join(", ")
        );
        sink.report(step, &object, Risk::Medium, claim).stake(Stake::Access);
    }
    let words = step.raw.tokens.iter().take_while(|it| it.text != "on").map(|it| it.text.as_str());
    let secrets: Vec<&str> = words.filter(|it| is_secret(it)).collect();
    if it.kind == "table" && !secrets.is_empty() && !it.roles.iter().all(|it| is_trusted(it)) {
        let claim =
            format!("{} may read {} of `{object}`", it.roles.join(", "), secrets.join(", "));
        sink.report(step, &object, Risk::Medium, claim).stake(Stake::Access);
    }
    if everybody.is_empty() || is_taken_back(cx, step, it) {
        return;
    }
    let reads_only = it.privileges.iter().all(|it| it == "select");
    let is_guarded =
        it.objects.iter().all(|it| cx.change.after.table(it).is_some_and(|it| it.row_security));
    let is_definer = |name: &String| {
        cx.change.after.functions.iter().any(|it| it.name == *name && it.is_definer)
    };
    let views: Option<Vec<_>> = it.objects.iter().map(|it| cx.change.after.view(it)).collect();
    let is_known = reads_only
        && views.is_some_and(|views| {
            let roles: Vec<String> = everybody.iter().map(|it| (*it).to_owned()).collect();
            views.iter().all(|it| is_shown_already(&cx.change.before, it, &roles))
        });
    let risk = match it.kind {
        "table" if is_known => Risk::Low,
        "function" if it.objects.iter().any(is_definer) => Risk::Medium,
        "table" if reads_only && is_guarded && shows_nothing_personal(cx, it) => Risk::Low,
        "table" if reads_only && is_guarded => Risk::Medium,
        "table" | "all tables in schema" => Risk::High,
        "schema" if it.privileges.iter().any(|it| it == "create" || it == "all") => Risk::High,
        "schema" | "function" | "sequence" | "type" => Risk::Low,
        _ => Risk::Medium,
    };
    let claim = format!("{} gets {} on `{object}`", everybody.join(", "), it.privileges.join(", "));
    sink.report(step, &object, risk, claim)
        .stake(Stake::Access)
        .fix("Grant it to the role that needs it", "");
}

/// Whether all that is granted are tables that the change makes, and whose columns are nobody's own.
fn shows_nothing_personal(cx: &Cx, it: &Grant) -> bool {
    it.objects.iter().all(|name| {
        let table = cx.change.after.table(name).filter(|it| !cx.change.is_old(it));
        table.is_some_and(|it| {
            let is_plain = |it: &crate::schema::Column| {
                !is_personal(&it.name) && it.kind.base != "uuid" && !is_owner(&it.name)
            };
            it.columns.iter().all(is_plain)
        })
    })
}

pub(super) fn is_owner(column: &str) -> bool {
    let column = column.to_lowercase();
    ["user", "owner", "author", "member", "account", "customer", "created_by"]
        .iter()
        .any(|it| column.starts_with(it))
}

/// Whether something by that name shows afterwards what was done.
fn is_evidence(name: &str) -> bool {
    let mut words = name.split(['_', '.']);
    name.contains("audit")
        || words.any(|it| matches!(it, "ledger" | "journal" | "trail" | "changelog"))
}

fn is_secret(column: &str) -> bool {
    ["password", "secret", "token", "api_key", "private_key"].iter().any(|it| column.contains(it))
}

fn is_taken_back(cx: &Cx, step: &Step, it: &Grant) -> bool {
    cx.change.steps.iter().any(|later| {
        later.raw.span.start > step.raw.span.start
            && matches!(&later.action, Action::Revoke(of) if of.objects == it.objects && it.roles.iter().all(|it| of.roles.contains(it)))
    })
}

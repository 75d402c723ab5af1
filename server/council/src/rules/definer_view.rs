use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use super::shown::{is_shown_already, keeps_conditions};
use super::support::{is_anybody, is_trusted};
use super::told::says_on_purpose;
use crate::ddl::Action;
use crate::schema::{Id, Schema, View};
use model::{Risk, Stake};

declare_rule! {
    /// A view shows rows of a table with row security to everybody who may read the view.
    ///
    /// A view reads with its owner's rights, whom policies do not stop. For roles that no policy of the table is for it is asked about and not refused. Make it `with (security_invoker = true)`; a materialized view cannot be, so keep it out of reach.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create view everyone as select * from accounts;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// create view everyone as select * from accounts;
    /// -- migration
    /// alter view everyone reset (security_invoker);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create view everyone with (security_invoker = true) as select * from accounts;
    /// ```
    /// ```sql,good
    /// create role worker bypassrls;
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// create view n_accounts as select count(*) as n from accounts;
    /// grant select on n_accounts to worker;
    /// ```
    pub(super) static RULE = {
        name: "definer-view",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: definer_view,
    }
}

fn definer_view(cx: &Cx, sink: &mut Sink<'_>) {
    for view in &cx.change.after.views {
        let behind = guarded(&cx.change.after, view);
        let old = cx.change.before.views.iter().find(|it| it.id == view.id || it.name == view.name);
        let shown = old
            .filter(|it| !it.is_invoker)
            .map(|it| guarded(&cx.change.before, it))
            .unwrap_or_default();
        let is_shown = |it: &&(Option<Id>, String)| {
            shown.iter().any(|of| if it.0.is_some() { of.0 == it.0 } else { of.1 == it.1 })
        };
        let Some((_, new)) = behind.iter().find(|it| !is_shown(it)).filter(|_| !view.is_invoker)
        else {
            continue;
        };
        // Nobody may read it but those who are named.
        let is_kept = view.is_materialized
            && !cx.change.after.grants.iter().any(|it| it.0 == view.name && !is_trusted(&it.1))
            && cx.change.steps.iter().any(|step| {
                matches!(&step.action, Action::Revoke(it) if it.objects.contains(&view.name))
            });
        if is_kept || is_for_trusted(&cx.change.after, view) {
            continue;
        }
        let asks = ["auth.uid()", "current_setting(", "current_user"]
            .iter()
            .any(|it| view.query.contains(it));
        let before = &cx.change.before;
        let roles: Vec<String> = readers(&cx.change.after, view).cloned().collect();
        let is_known = old.is_some_and(|it| keeps_conditions(it, view))
            || !roles.is_empty() && is_shown_already(before, view, &roles);
        let (risk, title) = match (view.is_materialized, asks) {
            (false, _) if is_known && asks => {
                (Risk::Low, "Let it read with the rights of who asks")
            }
            (true, _) => (Risk::High, "Revoke it from those who call the API"),
            (false, true) => (Risk::Medium, "Let it read with the rights of who asks"),
            (false, false) if is_for_others(&cx.change.after, view) => {
                (Risk::Medium, "Let it read with the rights of who asks")
            }
            (false, false) => (Risk::High, "Let it read with the rights of who asks"),
        };
        let fix = if view.is_materialized {
            format!("revoke all on {} from public;", view.name)
        } else {
            format!("alter view {} set (security_invoker = true);", view.name)
        };
        let claim = format!("`{}` shows rows of `{new}` past its policies", view.name);
        sink.whole(&view.name, risk, claim).stake(Stake::Access).fix(title, fix);
    }
    restated(cx, sink);
    for step in &cx.change.steps {
        if let Action::SetInvoker { view, is_invoker: false } = &step.action
            && step.schema.view(view).is_none()
        {
            let claim = format!("`{view}` reads with its owner's rights, past all policies");
            sink.report(step, view, Risk::High, claim).stake(Stake::Access);
        }
    }
}

/// Views that showed guarded rows, and are written anew so that they go on.
fn restated(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let name = match &step.action {
            Action::CreateView(it) => &it.name,
            Action::SetInvoker { view, is_invoker: false } => view,
            _ => continue,
        };
        let Some(now) =
            cx.change.after.view(name).filter(|it| !it.is_invoker && !it.is_materialized)
        else {
            continue;
        };
        let before = &cx.change.before;
        let was = before.views.iter().find(|it| it.name == *name).filter(|it| !it.is_invoker);
        let shown = was.map(|it| guarded(before, it)).unwrap_or_default();
        if let Some((_, table)) =
            guarded(&cx.change.after, now).iter().find(|it| shown.contains(it))
        {
            // Somebody has said which rows it shows, and it shows no others now.
            let is_kept = was.is_some_and(|was| {
                let mut new = now.columns.iter().flatten();
                keeps_conditions(was, now)
                    && !new.any(|it| {
                        is_personal(it) && !was.columns.as_ref().is_some_and(|of| of.contains(it))
                    })
            });
            let is_meant = was.is_some_and(|it| says_on_purpose(cx, it.id));
            let risk = if is_kept || is_meant { Risk::Low } else { Risk::Medium };
            let claim = format!("`{name}` goes on showing rows of `{table}` past its policies");
            sink.report(step, name, risk, claim).stake(Stake::Access).fix(
                "Let it read with the rights of who asks",
                format!("alter view {name} set (security_invoker = true);"),
            );
        }
    }
}

/// Roles that are granted a view.
fn readers<'s>(schema: &'s Schema, view: &'s View) -> impl Iterator<Item = &'s String> {
    schema.grants.iter().filter(|it| it.0 == view.name).map(|it| &it.1)
}

/// Whether a view is granted, and only to those whom no policy holds.
fn is_for_trusted(schema: &Schema, view: &View) -> bool {
    let mut roles = readers(schema, view).peekable();
    roles.peek().is_some() && roles.all(|it| is_trusted(it) || schema.bypassing.contains(it))
}

/// Whether a view is granted, and only to roles that no policy of its tables is for: they go around
/// none.
fn is_for_others(schema: &Schema, view: &View) -> bool {
    let behind = schema.tables_behind(view);
    let mut held = behind.iter().flat_map(|it| &it.policies).flat_map(|it| &it.roles);
    let roles: Vec<&String> = readers(schema, view).collect();
    let is_common = |it: &str| it == "public" || is_anybody(it) || it == "authenticated";
    !roles.is_empty()
        && !roles.iter().any(|it| is_common(it))
        && !held.any(|it| is_common(it) || roles.contains(&it))
}

/// Guarded tables that a view shows, with their names.
fn guarded(schema: &Schema, view: &View) -> Vec<(Option<Id>, String)> {
    let behind = schema
        .tables_behind(view)
        .into_iter()
        .filter(|it| it.row_security || !it.policies.is_empty());
    let mut out: Vec<_> = behind.map(|it| (Some(it.id), it.name.clone())).collect();
    // The accounts of a hosted sign-in are nobody's to show.
    out.extend(view.reads.iter().filter(|it| *it == "auth.users").map(|it| (None, it.clone())));
    out
}

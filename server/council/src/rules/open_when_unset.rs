use super::cx::{Cx, Sink};
use super::support::{asks_session, new_policies};
use crate::logic::disjuncts;
use crate::schema::{Table, policy_object};
use crate::simulate::mentions;
use model::{Risk, Stake};

declare_rule! {
    /// A policy lets by whoever does not say who they are, or sets a flag.
    ///
    /// `current_setting('app.org', true) is null or …` holds in every session that has not set it, and `org_id = coalesce(…, org_id)` does too. Let what is not set see nothing.
    ///
    /// ```sql,bad
    /// create table docs (id bigint primary key, org_id bigint);
    /// alter table docs enable row level security;
    /// -- migration
    /// create policy own on docs using (current_setting('app.org', true) is null or org_id = current_setting('app.org', true)::bigint);
    /// ```
    /// ```sql,good
    /// -- migration
    /// create table docs (id bigint primary key, org_id bigint);
    /// alter table docs enable row level security;
    /// create policy own on docs using (org_id = nullif(current_setting('app.org', true), '')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "open-when-unset",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: open_when_unset,
    }
}

fn open_when_unset(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, policy) in new_policies(cx).filter(|it| it.1.is_permissive) {
        let texts = policy.using.iter().chain(&policy.check);
        let Some((risk, why)) = texts.filter_map(|it| opening(it, table)).max() else { continue };
        let object = policy_object(&policy.name, &table.name);
        let claim = format!("`{}` lets by {why}", policy.name);
        sink.whole(&object, risk, claim)
            .stake(Stake::Access)
            .fix("Let what is not set see nothing", "");
    }
}

fn opening(text: &str, table: &Table) -> Option<(Risk, &'static str)> {
    let text = text.to_lowercase();
    let names_row = |it: &str| table.columns.iter().any(|of| mentions(it, &of.name));
    let parts = disjuncts(&text);
    let is_unset = |it: &&str| {
        asks_session(it) && !names_row(it) && (it.ends_with(" is null") || it.ends_with(" = ''"))
    };
    if parts.len() > 1 && parts.iter().any(is_unset) {
        return Some((Risk::High, "every session that has not set who it is"));
    }
    // `a = coalesce(session, a)`
    let is_own = table.columns.iter().any(|it| {
        let ends = format!(", {})", it.name);
        text.contains(&format!("{} = coalesce(", it.name)) && text.contains(&ends)
    });
    if is_own && asks_session(&text) {
        return Some((Risk::High, "every session that has not set who it is"));
    }
    let is_flag = |it: &&str| {
        it.contains("current_setting(")
            && !names_row(it)
            && !it.contains("role")
            && it.contains(" = ")
    };
    let is_open = parts.len() > 1 && parts.iter().any(is_flag);
    is_open.then_some((Risk::Medium, "every session that sets a flag"))
}

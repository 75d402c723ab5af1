use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use super::shown::shown;
use super::support::{is_anybody, is_trusted};
use super::told::says_secret;
use crate::schema::{Schema, View};
use model::{Risk, Stake};

declare_rule! {
    /// A view shows a column that it did not show, and that is nobody's to see: by its name, or by what its comment says.
    ///
    /// Leave it out, or make a view of its own for those who may see it.
    ///
    /// ```sql,bad
    /// create table questions (id bigint primary key, prompt text, answer_key text);
    /// comment on column questions.answer_key is 'must never reach a learner';
    /// create view quiz as select id, prompt from questions where id > 0;
    /// grant select on quiz to authenticated;
    /// -- migration
    /// create or replace view quiz as select id, prompt, answer_key from questions where id > 0;
    /// ```
    /// ```sql,good
    /// create table questions (id bigint primary key, prompt text, answer_key text, hint text);
    /// comment on column questions.answer_key is 'must never reach a learner';
    /// create view quiz as select id, prompt from questions where id > 0;
    /// grant select on quiz to authenticated;
    /// -- migration
    /// create or replace view quiz as select id, prompt, hint from questions where id > 0;
    /// ```
    pub(super) static RULE = {
        name: "exposing-view",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: exposing_view,
    }
}

fn exposing_view(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for view in &after.views {
        let was = before.view(&view.name);
        let Some(readers) = readers(after, view, cx.is_postgres()) else { continue };
        for column in new_items(view, was) {
            let is_secret = after
                .tables_behind(view)
                .into_iter()
                .any(|it| it.column(&column).is_some_and(|it| says_secret(cx, it.id)));
            let is_open = is_credential(&column)
                || matches!(readers, Readers::Anybody) && is_personal(&column);
            if is_secret || is_open {
                let claim = format!("`{}` shows `{column}`", view.name);
                let risk = if is_secret { Risk::High } else { Risk::Medium };
                sink.whole(&view.name, risk, claim).stake(Stake::Access).fix("Leave it out", "");
            }
        }
    }
}

enum Readers {
    Anybody,
    Some,
}

/// Who reads a view; `None` where only those do who see everything.
fn readers(schema: &Schema, view: &View, is_shared: bool) -> Option<Readers> {
    let roles = schema.grants.iter().filter(|it| it.0 == view.name).map(|it| it.1.as_str());
    let roles: Vec<&str> = roles.filter(|it| !is_trusted(it)).collect();
    let is_public = view.name.split(['_', '.']).any(|it| it == "public");
    if roles.iter().any(|it| is_anybody(it)) || !is_shared && is_public {
        return Some(Readers::Anybody);
    }
    (!roles.is_empty() || !is_shared).then_some(Readers::Some)
}

/// Columns that a view lists as they are, and did not list before.
fn new_items(view: &View, was: Option<&View>) -> Vec<String> {
    let Some(now) = shown(view) else { return Vec::new() };
    let old = was.and_then(shown).map(|it| it.items).unwrap_or_default();
    now.items.into_iter().filter(|it| !old.contains(it)).collect()
}

/// Whether a column holds what somebody signs in with.
fn is_credential(name: &str) -> bool {
    let words = ["secret", "password", "passwd", "otp", "token", "pin"];
    let hashes = ["password_hash", "pin_hash", "token_hash", "pass_hash"];
    name.rsplit('_').next().is_some_and(|it| words.contains(&it))
        || name.contains("secret")
        || hashes.contains(&name)
}

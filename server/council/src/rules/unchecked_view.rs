use super::cx::{Cx, Sink};
use super::shown::shown;
use crate::schema::View;
use crate::sql::spelt;
use model::{Risk, Stake};

declare_rule! {
    /// A view loses what it held its users to: the check of what is written through it, or the barrier that keeps functions of a query from rows that it hides.
    ///
    /// So does one whose condition is gone: it shows every row. `create or replace view` takes the options that are written, and no others; what is left out is off.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, team text, body text);
    /// create view own with (security_invoker = true, security_barrier = true) as select id, body from notes where team = current_user;
    /// -- migration
    /// create or replace view own with (security_invoker = true) as select id, body from notes where team = current_user;
    /// ```
    /// ```sqlite,bad
    /// create table boards (id integer primary key, staff_only integer not null default 0);
    /// create table topics (id integer primary key, board_id integer not null references boards (id), title text, state text);
    /// create view public_topics as select t.id, t.title from topics t join boards b on b.id = t.board_id where b.staff_only = 0 and t.state <> 'hidden';
    /// -- migration
    /// drop view public_topics;
    /// create view public_topics as select t.id, t.title from topics t where t.state <> 'hidden';
    /// ```
    /// ```sqlite,bad
    /// create table books (id integer primary key, title text, status text not null);
    /// create view shelf as select id, title from books where status = 'public';
    /// -- migration
    /// drop view shelf;
    /// create view shelf as select id, title from books where status <> 'gone';
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, team text, body text);
    /// create view own with (security_invoker = true, security_barrier = true) as select id, body from notes where team = current_user;
    /// -- migration
    /// create or replace view own with (security_invoker = true, security_barrier = true) as select id, body from notes where team = current_user and id > 0;
    /// ```
    pub(super) static RULE = {
        name: "unchecked-view",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: unchecked_view,
    }
}

fn unchecked_view(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let text = spelt(&step.raw.tokens);
        let options = ["security_barrier", "check_option"];
        let is_off = |it: &str| {
            text.contains(&format!("{it} = false")) || text.contains("reset") && text.contains(it)
        };
        let Some(name) = text.strip_prefix("alter view ") else { continue };
        if let Some(option) = options.into_iter().find(|it| is_off(it)) {
            let name = name.split(' ').next().unwrap_or_default();
            let claim = format!("`{name}` loses its `{option}`");
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Access);
        }
    }
    for old in &cx.change.before.views {
        let Some(new) = cx.change.after.view(&old.name) else { continue };
        let lost = lost_condition(old, new);
        let lost = lost.map(|it| format!("shows rows that it left out: it does not ask `{it}`"));
        let what = match () {
            () if lost.is_some() => lost.as_deref().unwrap_or_default(),
            () if old.is_checked && !new.is_checked => {
                "no longer checks what is written through it"
            }
            () if old.is_barrier && !new.is_barrier => "is no barrier any more",
            () => continue,
        };
        sink.whole(&old.name, Risk::Medium, format!("`{}` {what}", old.name)).stake(Stake::Access);
    }
}

/// A condition of a view that is gone, with nothing else asked of its column.
fn lost_condition(old: &View, new: &View) -> Option<String> {
    let (was, now) = (shown(old)?, shown(new)?);
    // One that asks its column for something else may let by less.
    let column = |it: &str| it.split([' ', '(']).find(|it| *it != "not").unwrap_or(it).to_owned();
    let is_replaced = |it: &str| now.conditions.iter().any(|of| column(of) == column(it));
    let mut gone = was.conditions.iter().filter(|it| !now.conditions.contains(it));
    // Which rows belong together is no condition on them.
    let is_join = |it: &str| {
        it.split_once(" = ").is_some_and(|(_, right)| {
            right.chars().all(|it| it.is_alphanumeric() || it == '_')
                && right.starts_with(|it: char| it.is_alphabetic())
        })
    };
    // Where one value was asked for, any other condition lets others in.
    let is_gone = |it: &&String| !is_join(it) && (!is_replaced(it) || it.contains(" = "));
    gone.find(is_gone).cloned()
}

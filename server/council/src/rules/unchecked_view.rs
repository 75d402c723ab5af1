use super::cx::{Cx, Sink};
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
        let filters = |query: &str| query.contains(" where ");
        let shows_all = old.columns == new.columns && filters(&old.query) && !filters(&new.query);
        let what = match () {
            () if shows_all => "shows rows that it left out",
            () if old.is_checked && !new.is_checked => {
                "no longer checks what is written through it"
            }
            () if old.is_barrier && !new.is_barrier => "is no barrier any more",
            () => continue,
        };
        sink.whole(&old.name, Risk::Medium, format!("`{}` {what}", old.name)).stake(Stake::Access);
    }
}

use super::broad_grant::is_owner;
use super::cx::{Cx, Sink};
use super::exposed_column::is_personal;
use crate::change::Step;
use crate::ddl::Action;
use crate::schema::Column;
use model::{Risk, Stake};

declare_rule! {
    /// Changes of a table are sent to whoever follows a publication.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// alter publication supabase_realtime add table accounts;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create publication none_yet;
    /// ```
    pub(super) static RULE = {
        name: "published-table",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: published_table,
    }
}

fn published_table(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::AddToPublication { publication, tables, all } = &step.action else { continue };
        if *all {
            let claim =
                format!("`{publication}` sends changes of every table, also of those that come");
            sink.report(step, publication, Risk::High, claim).stake(Stake::Access);
        } else if !tables.is_empty() {
            let claim = format!("`{publication}` sends changes of {}", tables.join(", "));
            let is_plain = tables.iter().all(|it| is_plain(step, it));
            let risk = if is_plain { Risk::Low } else { Risk::Medium };
            sink.report(step, publication, risk, claim).stake(Stake::Access);
        }
    }
}

/// Whether no policy hides rows of a table, and nothing in what is sent is about people.
fn is_plain(step: &Step, name: &str) -> bool {
    let Some(table) = step.schema.table(name).filter(|it| !it.assumed) else { return false };
    let words = &step.raw.tokens;
    // A list of columns says what is sent.
    let has_list = words.iter().any(|it| it.text == "(");
    let is_sent = |name: &str| !has_list || words.iter().any(|it| it.text == name);
    let is_about = |it: &Column| is_personal(&it.name) || is_owner(&it.name);
    !table.row_security && !table.columns.iter().any(|it| is_sent(&it.name) && is_about(it))
}

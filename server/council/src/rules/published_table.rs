use super::cx::{Cx, Sink};
use crate::ddl::Action;
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
            sink.report(step, publication, Risk::Medium, claim).stake(Stake::Access);
        }
    }
}

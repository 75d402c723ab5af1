use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use crate::schema::Table;
use model::{Risk, Stake};

declare_rule! {
    /// The owner of a table no longer has to keep its policies.
    ///
    /// Programs often sign in as the role that made the tables: for them, policies are off.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, org_id bigint);
    /// alter table accounts enable row level security;
    /// alter table accounts force row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts no force row level security;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts force row level security;
    /// ```
    pub(super) static RULE = {
        name: "unforced-row-security",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: unforced_row_security,
    }
}

fn unforced_row_security(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        if *part != AlterPart::ForceRowSecurity(false)
            || cx.change.after.table_of(table.id).is_none_or(is_no_matter)
        {
            continue;
        }
        // What the base does not know of may be so elsewhere: why else would it be written.
        let risk = if table.forced || table.assumed { Risk::High } else { Risk::Medium };
        let claim = format!(
            "the owner of `{}` sees and changes all its rows, past its policies",
            table.name
        );
        sink.report(step, &table.name, risk, claim).stake(Stake::Access).fix("Keep it forced", "");
    }
}

/// Whether the owner is held to policies still, or nobody is any more, of which another rule tells.
fn is_no_matter(table: &Table) -> bool {
    table.forced || !table.row_security && !table.assumed
}

use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// Row security is switched off: policies count for nothing, and everybody with the privilege sees every row.
    ///
    /// With `no force row level security` the owner, as whom many services connect, sees every row again.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts disable row level security;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, org_id bigint);
    /// alter table accounts enable row level security;
    /// create policy own on accounts using (org_id = current_setting('app.org')::bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts force row level security;
    /// ```
    pub(super) static RULE = {
        name: "row-security-disabled",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: row_security_disabled,
    }
}

fn row_security_disabled(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations() {
        let Some(now) = cx.change.after.table_of(table.id) else { continue };
        // That the owner is no longer held to policies is another rule's.
        if *part == AlterPart::RowSecurity(false) && !now.row_security {
            let claim = format!("everybody who may read `{}` reads every row of it", table.name);
            sink.report(step, &table.name, Risk::Critical, claim).stake(Stake::Access).fix(
                "Leave it on",
                format!("alter table {} enable row level security;", table.name),
            );
        }
    }
}

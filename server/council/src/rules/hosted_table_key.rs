use super::cx::{Cx, Sink};
use super::support::new_keys;
use model::{Risk, Stake};

declare_rule! {
    /// A foreign key refers to a table of the host, by another column than its key.
    ///
    /// The host changes its own tables: of `auth.users`, the key alone is promised. A change of `email` there is refused, or the next upgrade of the host fails. Refer to the `id`.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key);
    /// -- migration
    /// create table profiles (id bigint primary key, mail text references auth.users (email));
    /// create index on profiles (mail);
    /// ```
    /// ```sql,good
    /// create table people (id bigint primary key);
    /// -- migration
    /// create table profiles (id bigint primary key, user_id uuid references auth.users (id));
    /// create index on profiles (user_id);
    /// ```
    pub(super) static RULE = {
        name: "hosted-table-key",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: hosted_table_key,
    }
}

fn hosted_table_key(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, key) in new_keys(cx) {
        let Some(target) = &key.target else { continue };
        let is_hosted =
            ["auth.", "storage.", "realtime."].iter().any(|it| target.table.starts_with(it));
        if let Some(column) = target.columns.first().filter(|it| is_hosted && *it != "id") {
            let object = format!("{}.{}", table.name, key.columns.join(", "));
            let claim = format!(
                "`{object}` holds `{}.{column}` still, which is the host's to change",
                target.table
            );
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Refer to the `id`", "");
        }
    }
}

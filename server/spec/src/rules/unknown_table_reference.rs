use super::{Sink, SpecCx, mend};
use crate::read::names;
use model::ColumnKey;
use rustc_hash::FxHashSet;

declare_rule! {
    /// A column references a table that the spec does not define.
    ///
    /// Tables of the sign-in service (`auth.users`, or `users` where people sign in) need no definition.
    ///
    /// ````md,bad
    /// ## Data model
    /// ```sql
    /// create table orders (
    ///   id uuid primary key,
    ///   customer_id uuid references customers(id)
    /// );
    /// ```
    /// ````
    /// ````md,good
    /// ## Data model
    /// ```sql
    /// create table customers (id uuid primary key);
    /// create table orders (
    ///   id uuid primary key,
    ///   customer_id uuid references customers(id)
    /// );
    /// ```
    /// ````
    pub(super) static RULE = {
        name: "unknown-table-reference",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Spec(unknown_table_reference),
    }
}

/// Tables that a platform brings along.
const SERVICE: &[&str] = &["auth.", "storage.", "\"_", "authTables"];

fn unknown_table_reference(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let detection = &cx.analysis.detection;
    let known: FxHashSet<String> =
        detection.tables.iter().map(|it| names::singular(&it.name)).collect();
    let mut told = FxHashSet::default();
    for table in detection.tables.iter().filter(|it| it.is_required()) {
        for column in &table.columns {
            let Some(ColumnKey::Foreign { table: target, .. }) = &column.key else { continue };
            // A schema in front names another owner: `auth.users`.
            let written = mend::sentence(cx, column.document, column.span);
            let is_service = SERVICE.iter().any(|it| written.contains(it))
                || (detection.sign_in.is_some() && names::singular(target) == "user");
            let target = target.rsplit('.').next().unwrap_or(target);
            if is_service || known.contains(&names::singular(target)) || !told.insert(target) {
                continue;
            }
            let fix = mend::declare_table(cx, column.document, target, false);
            sink.report(
                column.document,
                column.span,
                format!(
                    "`{}.{}` references `{target}`, which is not defined",
                    table.name, column.name
                ),
            )
            .fix(format!("Declare table `{target}`"), vec![fix], false);
        }
    }
}

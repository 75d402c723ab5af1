use crate::lint::cx::{LintCx, Sink};
use crate::schema::Type;

declare_lint! {
    /// A column gets a type that cannot hold all values that it may have.
    ///
    /// Add a column of the new type, copy what fits, and decide about the rest.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// alter_column: {table: items, column: code, type: integer}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, code bigint, kind text]
    ///   rls: deny
    /// # next
    /// alter_column: {table: items, column: code, type: text}
    /// ```
    pub(super) static RULE = {
        name: "narrowed-type",
        group: Data,
        severity: Warning,
        since: "0.1.0",
        check: narrowed_type,
    }
}

fn narrowed_type(cx: &LintCx<'_>, sink: &mut Sink<'_>) {
    for table in cx.changed() {
        let Some(before) = cx.before.table(&table.name) else { continue };
        for column in &table.columns {
            let Some(was) = before.column(&column.name).filter(|it| it.kind != column.kind) else {
                continue;
            };
            if !holds(&column.kind, &was.kind) {
                let message = format!(
                    "`{}.{}` may have values that its new type cannot hold",
                    table.name, column.name
                );
                sink.report(column.origin, message);
            }
        }
    }
}

/// Whether `new` has every value of `old`.
fn holds(new: &Type, old: &Type) -> bool {
    use Type::{
        BigInt, Boolean, Date, Double, Enum, Integer, Numeric, Real, SmallInt, Text, Timestamp,
        Uuid, Varchar,
    };
    match (new, old) {
        (Text, Varchar(_) | Enum(_) | Uuid | SmallInt | Integer | BigInt | Boolean) => true,
        (Varchar(new), Varchar(old)) => new >= old,
        (Varchar(new), Enum(words)) => words.iter().all(|it| it.chars().count() <= *new as usize),
        (Integer, SmallInt) | (BigInt, SmallInt | Integer) => true,
        (Numeric(None), Numeric(_) | SmallInt | Integer | BigInt) => true,
        (Numeric(Some((new, new_scale))), Numeric(Some((old, old_scale)))) => {
            new_scale >= old_scale && new - new_scale >= old - old_scale
        }
        (Double, Real | SmallInt | Integer) => true,
        (Timestamp, Date) => true,
        // `enum-word-removed` says which.
        (Enum(_), Enum(_)) => true,
        _ => false,
    }
}

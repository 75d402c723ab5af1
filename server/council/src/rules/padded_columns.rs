use super::cx::{Cx, Sink};
use super::support::new_tables;
use crate::schema::{Column, Table};
use model::Risk;

declare_rule! {
    /// The order of a new table's columns wastes space in each row.
    ///
    /// Numbers and moments of eight bytes start at multiples of eight. Put wide columns of fixed width first.
    ///
    /// ```sql,bad
    /// -- migration
    /// create table samples (id bigint primary key, is_ok boolean, n bigint, is_new boolean, at timestamptz);
    /// ```
    /// ```sql,good
    /// -- migration
    /// create table samples (id bigint primary key, n bigint, at timestamptz, is_ok boolean, is_new boolean);
    /// alter table samples enable row level security;
    /// create policy new_ones on samples using (is_new);
    /// ```
    pub(super) static RULE = {
        name: "padded-columns",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: padded_columns,
    }
}

/// Bytes in a row that may be wasted without a word.
const WASTE_BYTES_MAX: usize = 8;

fn padded_columns(cx: &Cx, sink: &mut Sink<'_>) {
    for table in new_tables(cx).filter(|_| cx.is_postgres()) {
        let waste = waste(table);
        if waste > WASTE_BYTES_MAX {
            let claim =
                format!("each row of `{}` wastes {waste} bytes between its columns", table.name);
            sink.whole(&table.name, Risk::Info, claim).fix("Put wide columns first", "");
        }
    }
}

/// Bytes between columns, up to the first of variable width.
fn waste(table: &Table) -> usize {
    let (mut at, mut waste) = (0_usize, 0);
    for width in table.columns.iter().map_while(width) {
        let start = at.next_multiple_of(width);
        waste += start - at;
        at = start + width;
    }
    waste
}

/// Source: `typlen` and `typalign` of the catalog `pg_type`.
fn width(column: &Column) -> Option<usize> {
    Some(match column.kind.base.as_str() {
        "bigint" | "bigserial" | "timestamp" | "timestamptz" | "double precision" | "time"
        | "money" => 8,
        "integer" | "serial" | "real" | "date" => 4,
        "smallint" | "smallserial" => 2,
        "boolean" => 1,
        _ => return None,
    })
}

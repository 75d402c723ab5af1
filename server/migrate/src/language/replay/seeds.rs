//! Rows to be written: whether they fit their table.

use super::super::operation::{Cell, Name, Seed, Spanned};
use super::super::types;
use super::State;
use super::tables::is_unique;
use crate::rules;
use crate::schema::{Origin, Type};

impl State<'_> {
    pub(super) fn check_seed(&mut self, seed: &Seed) {
        let Some(table) = self.need_table(&seed.table) else { return };
        let key: Vec<String> = match seed.key.as_slice() {
            [] => self.schema.tables[table].primary_key.clone(),
            names => names.iter().map(|it| it.value.clone()).collect(),
        };
        for name in &seed.key {
            if self.need_column(table, name).is_none() {
                return;
            }
        }
        if key.is_empty() || !is_unique(&self.schema.tables[table], &key) {
            let origin = seed.key.first().map_or(seed.table.origin, |it| it.origin);
            let message =
                "the key of a seed is the primary key or unique, or a row is written twice";
            self.report(&rules::invalid_seed::RULE, origin, message);
        }
        for row in &seed.rows {
            self.check_row(table, row, &key);
        }
    }

    fn check_row(&mut self, table: usize, row: &[(Name, Spanned<Cell>)], key: &[String]) {
        let Some((first, _)) = row.first() else { return };
        let origin = first.origin;
        for (name, cell) in row {
            let Some(at) = self.need_column(table, name) else { continue };
            let column = &self.schema.tables[table].columns[at];
            if let Some(fault) = fault(&cell.value, &column.kind, column.nullable) {
                let message = format!("`{}` {fault}", column.name);
                let place = if cell.origin.span.is_empty() { name.origin } else { cell.origin };
                self.report(&rules::invalid_seed::RULE, place, message);
            }
        }
        let own = &self.schema.tables[table];
        let is_there = |name: &str| row.iter().any(|it| it.0.value == name);
        let missing = own.columns.iter().find(|it| {
            let required = !it.nullable && it.default.is_none();
            (required || key.contains(&it.name)) && !is_there(&it.name)
        });
        if let Some(column) = missing {
            let message = format!("the row lacks `{}`", column.name);
            self.report_row(origin, message);
        }
    }

    fn report_row(&mut self, origin: Origin, message: String) {
        self.report(&rules::invalid_seed::RULE, origin, message);
    }
}

/// Why a column cannot hold a value, as a fragment after the column.
fn fault(cell: &Cell, kind: &Type, nullable: bool) -> Option<String> {
    let is_number = matches!(
        kind,
        Type::SmallInt
            | Type::Integer
            | Type::BigInt
            | Type::Numeric(_)
            | Type::Real
            | Type::Double
    );
    let is_whole = matches!(kind, Type::SmallInt | Type::Integer | Type::BigInt);
    let fits = match cell {
        Cell::Null => return (!nullable).then(|| "is never null".to_owned()),
        Cell::Bool(_) => matches!(kind, Type::Boolean | Type::Json),
        Cell::Number(it) => {
            let is_number = is_number && (!is_whole || it.parse::<i64>().is_ok());
            is_number || matches!(kind, Type::Json | Type::Text | Type::Varchar(_))
        }
        Cell::Json(it) => match kind {
            Type::Json => true,
            Type::Array(_) | Type::Vector(_) => it.starts_with('['),
            _ => false,
        },
        Cell::Text(it) => return text_fault(it, kind),
    };
    (!fits).then(|| format!("is `{}`, which cannot hold this", types::write(kind)))
}

fn text_fault(text: &str, kind: &Type) -> Option<String> {
    let digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let fits = match kind {
        Type::Text | Type::Json | Type::Bytes => true,
        Type::Varchar(most) => text.chars().count() <= *most as usize,
        Type::Enum(words) => words.iter().any(|it| it == text),
        Type::Uuid => {
            text.len() == 36
                && text.bytes().enumerate().all(|(at, it)| match at {
                    8 | 13 | 18 | 23 => it == b'-',
                    _ => it.is_ascii_hexdigit() && !it.is_ascii_uppercase(),
                })
        }
        Type::Date => {
            let parts: Vec<&str> = text.split('-').collect();
            matches!(parts.as_slice(), [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
                && parts.iter().all(|it| digits(it))
        }
        Type::TimestampTz => text.ends_with('Z') && text.get(10..11) == Some("T"),
        Type::Timestamp => !text.ends_with('Z') && text.get(10..11) == Some("T"),
        Type::Time => text.len() >= 8 && text.get(2..3) == Some(":"),
        _ => false,
    };
    let form = match kind {
        Type::Enum(words) => format!("takes one of {}", words.join(", ")),
        Type::Uuid => "takes a uuid in small letters".to_owned(),
        Type::Date => "takes a date such as `2026-01-31`".to_owned(),
        Type::TimestampTz => "takes a moment in UTC such as `2026-01-31T12:00:00.000Z`".to_owned(),
        Type::Timestamp => "takes a time such as `2026-01-31T12:00:00.000`".to_owned(),
        Type::Time => "takes a time such as `12:00:00`".to_owned(),
        other => format!("is `{}`, which cannot hold this", types::write(other)),
    };
    (!fits).then_some(form)
}

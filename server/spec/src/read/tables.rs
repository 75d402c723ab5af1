//! Readers of data models: tables, columns, relations and the entities that prose names.

mod attributes;
mod code;
pub(crate) mod lexicon;
pub(crate) mod names;
mod sql;

use super::ChunkCx;
use crate::facts::Fact;

pub(super) fn read(_cx: &ChunkCx<'_>, _out: &mut Vec<Fact>) {}

#[cfg(test)]
fn render(it: &crate::facts::ColumnFact) -> String {
    let mut out = it.name.clone();
    if let Some(ty) = &it.ty {
        out += &format!(" {ty}");
    }
    if it.primary {
        out += " pk";
    }
    if it.unique {
        out += " unique";
    }
    match it.nullable {
        Some(true) => out += " null",
        Some(false) => out += " not null",
        None => {}
    }
    if let Some((table, column)) = &it.references {
        out += &format!(" -> {table}.{}", column.as_deref().unwrap_or("?"));
    }
    if !it.values.is_empty() {
        out += &format!(" {:?}", it.values);
    }
    out
}

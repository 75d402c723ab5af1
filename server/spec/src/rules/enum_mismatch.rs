use super::{Sink, SpecCx};
use crate::facts::Fact;
use crate::read::names;
use model::{DocumentId, Modality, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

declare_rule! {
    /// The values of one column are listed in two ways.
    ///
    /// ```md,bad
    /// ## Data model
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    ///
    /// ## Database schema
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | sent
    /// ```
    /// ```md,good
    /// ## Data model
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    ///
    /// ## Database schema
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    /// ```
    pub(super) static RULE = {
        name: "enum-mismatch",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Spec(enum_mismatch),
    }
}

struct Listing {
    document: DocumentId,
    span: Span,
    values: BTreeSet<String>,
}

fn enum_mismatch(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let mut first: FxHashMap<(String, String), Listing> = FxHashMap::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            for fact in &placed.facts.facts {
                let Fact::Table(table) = fact else { continue };
                if table.sighting.modality != Modality::InScope {
                    continue;
                }
                for column in table.columns.iter().filter(|it| it.values.len() > 1) {
                    let key = (names::singular(&table.name), column.name.clone());
                    let values = column.values.iter().map(|it| it.trim().to_lowercase()).collect();
                    let it = Listing { document, span: column.span.shift(placed.start), values };
                    match first.get(&key) {
                        Some(before) if before.values != it.values => {
                            report(&table.name, &column.name, before, &it, sink);
                        }
                        Some(_) => {}
                        None => {
                            first.insert(key, it);
                        }
                    }
                }
            }
        }
    }
}

fn report(table: &str, column: &str, before: &Listing, it: &Listing, sink: &mut Sink<'_>) {
    let only = |a: &Listing, b: &Listing| {
        let names: Vec<String> = a.values.difference(&b.values).map(|it| format!("`{it}`")).collect();
        if names.is_empty() { "nothing more".to_owned() } else { names.join(", ") }
    };
    sink.report(
        it.document,
        it.span,
        format!(
            "`{table}.{column}` is listed in two ways: here {}, there {}",
            only(it, before),
            only(before, it)
        ),
    )
    .related(before.document, before.span, "the other list");
}

use super::{Sink, SpecCx, mend};
use crate::facts::{Deed, EntityFact, Fact};
use crate::read::names;
use model::{Confidence, DocumentId, Modality, Span};
use rustc_hash::{FxHashMap, FxHashSet};

declare_rule! {
    /// The text creates or lists a thing that the data model does not have.
    ///
    /// Only where the spec has a data model of at least two tables with columns. The thing must be
    /// created, and be named more than once.
    ///
    /// ```md,bad
    /// ## Features
    /// - Users can create invoices.
    /// - Users can list invoices and delete invoices.
    ///
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    ///
    /// ### orders
    /// - id: uuid
    /// - user_id: uuid
    /// ```
    /// ```md,good
    /// ## Features
    /// - Users can create orders.
    /// - Users can list orders and delete orders.
    ///
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    ///
    /// ### orders
    /// - id: uuid
    /// - user_id: uuid
    /// ```
    pub(super) static RULE = {
        name: "entity-without-model",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(entity_without_model),
    }
}

struct Seen<'a> {
    fact: &'a EntityFact,
    document: DocumentId,
    span: Span,
    n_times: usize,
    created: bool,
}

fn entity_without_model(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let tables = &cx.analysis.detection.tables;
    let model = tables.iter().filter(|it| it.explicit && it.is_required() && it.columns.len() > 1);
    if model.count() < 2 {
        return;
    }
    // The last word of a table's or column's name may be what prose calls the thing.
    let mut known: FxHashSet<&str> = FxHashSet::default();
    let singular: Vec<String> = tables
        .iter()
        .filter(|it| it.explicit)
        .flat_map(|it| std::iter::once(&it.name).chain(it.columns.iter().map(|it| &it.name)))
        .map(|it| names::singular(it))
        .collect();
    for name in &singular {
        known.extend(name.split('_').filter(|it| *it != "id"));
        known.insert(name);
    }
    let mut unknown: FxHashMap<String, Seen<'_>> = FxHashMap::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            for fact in &placed.facts.facts {
                let Fact::Entity(fact) = fact else { continue };
                let name = names::singular(&fact.name);
                if !asks(fact) || name.split('_').any(|it| known.contains(it)) {
                    continue;
                }
                let span = fact.sighting.span.shift(placed.start);
                let seen = unknown.entry(name).or_insert(Seen {
                    fact,
                    document,
                    span,
                    n_times: 0,
                    created: false,
                });
                seen.n_times += 1;
                if fact.deed == Deed::Create && !seen.created {
                    *seen = Seen { created: true, span, document, fact, n_times: seen.n_times };
                }
            }
        }
    }
    let mut found: Vec<Seen<'_>> =
        unknown.into_values().filter(|it| it.created && it.n_times > 1).collect();
    found.sort_by_key(|it| (it.document, it.span));
    for it in found {
        let name = &it.fact.name;
        let fix = mend::declare_table(cx, it.document, name, true);
        let message = format!("`{}` is created here, but the data model has no such table", it.fact.label);
        sink.report(it.document, it.span, message)
            .fix(format!("Declare table `{name}`"), vec![fix], false);
    }
}

fn asks(fact: &EntityFact) -> bool {
    fact.sighting.modality == Modality::InScope
        && fact.sighting.confidence >= Confidence::percent(50)
        && fact.deed != Deed::Mention
}

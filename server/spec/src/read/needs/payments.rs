//! Who takes the money.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use model::NeedKind;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for seen in view.vendors(Trade::Pay) {
        let pays = view.sentence(seen.range.start).any(&[
            Topic::Pay,
            Topic::Charge,
            Topic::Money,
            Topic::Webhook,
        ]) || view.context.any(&[Topic::Pay, Topic::Charge, Topic::Money]);
        let percent = match (pays, seen.vendor.vague) {
            (true, _) => 92,
            (false, false) => 75,
            // "Stripe or Paddle": what stands beside a name is one.
            (false, true) if seen.either.is_some() => 65,
            (false, true) => continue,
        };
        let name = seen.vendor.name;
        let fact =
            view.need_of(NeedKind::Payments, name, &seen.range, percent, Vec::new(), seen.either);
        out.push(fact);
    }
    // Taking money without saying who takes it; counts where nothing better is found.
    for hit in &view.hits {
        let percent = match hit.meaning {
            Word::Topic(Topic::Charge) => 62,
            Word::Topic(Topic::Pay) => 40,
            _ => continue,
        };
        out.push(view.need(NeedKind::Payments, "unspecified", &hit.range, percent));
    }
}

//! Where the product runs.

use super::vendors::Trade;
use super::view::View;
use super::words::Topic;
use crate::facts::Fact;
use crate::scope::Role;
use model::NeedKind;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for seen in view.vendors(Trade::Host) {
        let beside = view.near(&seen.range, &[Topic::Deploy], 40);
        let headed = view.context.has(Topic::Deploy) || view.scope.is_under(Role::Deploy);
        let stack = matches!(view.scope.role(), Role::TechStack);
        let percent = match (seen.vendor.vague, beside, headed) {
            (false, true, _) | (false, _, true) => 90,
            (false, false, false) if stack => 75,
            (false, false, false) => 60,
            (true, true, _) => 78,
            (true, false, true) => 65,
            (true, false, false) => 40,
        };
        let name = seen.vendor.name;
        let fact =
            view.need_of(NeedKind::Deploy, name, &seen.range, percent, Vec::new(), seen.either);
        out.push(fact);
    }
}

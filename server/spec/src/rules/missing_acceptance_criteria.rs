use super::{Sink, SpecCx};
use crate::requirements::{Requirement, Shape};
use rustc_hash::FxHashMap;

declare_rule! {
    /// A requirement has no acceptance criteria although the others of its kind do.
    ///
    /// Only in files that use them: at least two headings of the same kind and level, and two
    /// thirds of them, have criteria, scenarios or EARS sentences.
    ///
    /// ````md,bad
    /// ### FR-1: Sign in
    /// **Acceptance criteria**
    /// - A wrong password is refused.
    ///
    /// ### FR-2: Sign out
    /// **Acceptance criteria**
    /// - The session ends.
    ///
    /// ### FR-3: Reset the password
    /// A mail with a link is sent.
    /// ````
    /// ````md,good
    /// ### FR-1: Sign in
    /// A wrong password is refused.
    ///
    /// ### FR-2: Sign out
    /// The session ends.
    /// ````
    pub(super) static RULE = {
        name: "missing-acceptance-criteria",
        group: Structure,
        severity: Info,
        since: "0.1.0",
        check: Spec(missing_acceptance_criteria),
    }
}

fn missing_acceptance_criteria(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    for (document, all) in cx.requirements() {
        let mut groups: FxHashMap<(u8, String), Vec<&Requirement>> = FxHashMap::default();
        for it in all.iter().filter(|it| it.shape == Shape::Heading && !it.refers) {
            groups.entry((it.level, family(it))).or_default().push(it);
        }
        for group in groups.values() {
            let n_with = group.iter().filter(|it| !it.criteria.is_empty()).count();
            if n_with < 2 || n_with * 3 < group.len() * 2 {
                continue;
            }
            for it in group.iter().filter(|it| it.criteria.is_empty()) {
                let name = it.id.as_deref().unwrap_or(&it.text);
                let message = format!("`{name}` has no acceptance criteria, unlike the others");
                sink.report(document, it.span, message);
            }
        }
    }
}

/// The id without its numbers.
fn family(it: &Requirement) -> String {
    let id = it.id.as_deref().unwrap_or_default();
    id.chars().filter(|it| it.is_alphabetic()).collect::<String>().to_uppercase()
}

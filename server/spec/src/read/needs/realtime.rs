//! Channels over which the server pushes to clients.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use model::NeedKind;
use std::ops::Range;

const KINDS: &[(Topic, &str)] = &[
    (Topic::Game, "game"),
    (Topic::Collab, "collab"),
    (Topic::Presence, "presence"),
    (Topic::Chat, "chat"),
    (Topic::Notify, "notifications"),
    (Topic::PushOut, "notifications"),
];

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for hit in &view.hits {
        let Word::Topic(topic) = hit.meaning else { continue };
        match topic {
            Topic::Live => pushed(view, &hit.range, 70, out),
            Topic::Socket => pushed(view, &hit.range, 82, out),
            Topic::Presence => out.push(view.need(NeedKind::Realtime, "presence", &hit.range, 75)),
            Topic::Collab => out.push(view.need(NeedKind::Realtime, "collab", &hit.range, 78)),
            _ => {}
        }
    }
    for seen in view.vendors(Trade::Channel) {
        if !seen.vendor.vague || view.sentence(seen.range.start).any(&[Topic::Live, Topic::Socket])
        {
            pushed(view, &seen.range, 82, out);
        }
    }
}

/// What is pushed: the kinds named in the clause, else live updates.
fn pushed(view: &View<'_>, place: &Range<usize>, percent: u8, out: &mut Vec<Fact>) {
    let clause = view.passage.prose.clause(place.start);
    let all = view.within(&clause);
    let mut named = false;
    for (topic, name) in KINDS {
        if all.has(*topic) {
            named = true;
            out.push(view.need(NeedKind::Realtime, name, place, percent));
        }
    }
    if !named {
        let shown = all.has(Topic::Screen);
        // "Real-time" alone is mostly praise.
        let percent = if shown { percent.saturating_sub(8) } else { percent.saturating_sub(22) };
        out.push(view.need(NeedKind::Realtime, "live-updates", place, percent));
    }
}

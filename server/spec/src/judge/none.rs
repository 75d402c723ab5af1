//! Whether a spec needs no backend at all.
//!
//! Only positive evidence decides: the text says that there is no server, keeps its data on the
//! device, or describes a tool, a plugin or a game; and nothing that needs a server weighs against
//! it. A wrong "none" would hide everything, so doubt decides for a backend.

use super::Facts;
use crate::facts::{Cue, CueFact, Fact};
use crate::read::PRODUCT_KIND;
use model::{Confidence, Detection, Evidence, Modality, Need, NeedKind, NoBackend, Table};

/// Points that evidence for a local product has to lead by.
const LEAD: i32 = 2;
/// The same where the text asks for nothing that a server has.
const LEAD_OF_SILENCE: i32 = 0;
/// From here on a thing that prose names may be one that a server keeps.
const SUSPECT: Confidence = Confidence::percent(30);
/// What is left of tables and needs that a local product only seems to have.
const HINT: Confidence = Confidence::percent(50);
const EVIDENCE_MAX: usize = 5;
/// How many mentions of a server make one "no server" a remark in passing.
const PASSING: usize = 4;

pub(super) fn weigh(facts: Facts<'_>, detection: &mut Detection) {
    let local = Local::gather(facts);
    // Where nothing else was found either, one word for a local product is enough.
    let is_silent = asks_nothing(&local, detection);
    let lead = if is_silent { LEAD_OF_SILENCE } else { LEAD };
    let points = local.points() + if is_silent { points(local.kind.len(), 2) } else { 0 };
    if points == 0 || points < server_points(&local, detection) + lead {
        return;
    }
    detection.none =
        Some(NoBackend { reason: local.reason().to_owned(), evidence: local.evidence() });
    for table in &mut detection.tables {
        table.confidence = table.confidence.min(HINT);
    }
    for relation in &mut detection.relations {
        relation.confidence = relation.confidence.min(HINT);
    }
    for need in detection.needs.iter_mut().filter(|it| needs_server(it.kind)) {
        need.confidence = need.confidence.min(HINT);
    }
    detection.sign_in = None;
}

/// What speaks for a product without a server, and how often a server is spoken of.
#[derive(Default)]
struct Local {
    no_server: Vec<Evidence>,
    on_device: Vec<Evidence>,
    /// Where the product is introduced as a tool, plugin or game.
    introduced: Vec<Evidence>,
    kind: Vec<Evidence>,
    /// What only installed programs have.
    craft: Vec<Evidence>,
    /// Where the text says what a server keeps.
    served: usize,
    server: usize,
    hosted: usize,
    no_sign_in: usize,
}

impl Local {
    fn gather(facts: Facts<'_>) -> Self {
        let mut it = Self::default();
        for (place, fact) in facts.iter() {
            let Fact::Cue(CueFact { cue, sighting }) = fact else { continue };
            if *cue == Cue::NoSignIn {
                it.no_sign_in += 1;
                continue;
            }
            if sighting.reader != PRODUCT_KIND || sighting.modality != Modality::InScope {
                continue;
            }
            let percent = sighting.confidence.as_percent();
            let evidence = place.evidence(sighting);
            match cue {
                Cue::LocalOnly if percent >= 80 => it.no_server.push(evidence),
                Cue::LocalOnly => it.on_device.push(evidence),
                Cue::ClientKind if percent >= 80 => it.introduced.push(evidence),
                Cue::ClientKind if percent >= 50 => it.kind.push(evidence),
                Cue::ClientKind => it.craft.push(evidence),
                Cue::Server if percent >= 55 => it.served += 1,
                Cue::Server if percent >= 50 => it.server += 1,
                Cue::Server => it.hosted += 1,
                _ => {}
            }
        }
        // "Single-player first (no server)" in a text about servers is a passing remark.
        if it.server + it.hosted > PASSING * it.no_server.len() {
            it.no_server.clear();
        }
        it
    }

    fn points(&self) -> i32 {
        let said = points(self.no_server.len(), 3) * 3
            + points(self.on_device.len(), 5)
            + points(self.introduced.len(), 2) * 2
            + points(self.craft.len(), 12) / 2;
        // That nobody signs in is said of many a public service, and a service may have a compiler.
        let kind = points(self.kind.len(), 6) / 2;
        if said == 0 { 0 } else { said + kind + points(self.no_sign_in, 2) }
    }

    fn reason(&self) -> &'static str {
        if !self.no_server.is_empty() {
            "the text says that it runs without a server"
        } else if self.on_device.len() >= self.introduced.len() + self.craft.len() {
            "everything is kept on the device"
        } else {
            "it is a tool, plugin or game that runs where it is installed"
        }
    }

    fn evidence(&self) -> Vec<Evidence> {
        let all = self.no_server.iter().chain(&self.on_device).chain(&self.introduced);
        all.chain(&self.kind).chain(&self.craft).take(EVIDENCE_MAX).cloned().collect()
    }
}

/// Whether nothing of a backend was found, but for a word such as "real-time".
fn asks_nothing(local: &Local, detection: &Detection) -> bool {
    let counts =
        |it: &&Need| it.is_required() && it.name != "live-updates" && it.kind != NeedKind::Deploy;
    local.served == 0
        && local.server + local.hosted == 0
        && detection.sign_in.is_none()
        && !detection.tables.iter().any(|it| it.confidence >= SUSPECT)
        && !detection.needs.iter().any(|it| counts(&it))
}

/// One point for each of `n`, at most `max`.
fn points(n: usize, max: usize) -> i32 {
    i32::try_from(n.min(max)).unwrap_or(0)
}

/// What speaks for a server.
fn server_points(local: &Local, detection: &Detection) -> i32 {
    let at_home = !local.on_device.is_empty() || !local.no_server.is_empty();
    let alone = at_home && local.server == 0;
    // "Real-time" is said of what changes on one screen, too.
    let counts = |it: &&Need| it.is_required() && !(alone && it.name == "live-updates");
    let needs: i32 = detection.needs.iter().filter(counts).map(need_points).sum();
    let declared: i32 =
        detection.tables.iter().filter(|it| it.is_required()).map(table_points).sum();
    // A data model by itself may as well be kept in files.
    let declared = if alone { declared / 2 } else { declared };
    let words =
        points(local.server, 12) / 2 + points(local.hosted, 16) / 4 + points(local.served, 4) * 2;
    let sign_in = if detection.sign_in.is_some() { 3 } else { 0 };
    needs + declared.min(8) + words + sign_in
}

fn table_points(table: &Table) -> i32 {
    const SERVED: &[&str] =
        &["sql", "prisma", "convex", "drizzle", "python-model", "entity-class", "api-endpoint"];
    let served = table.evidence.iter().any(|it| SERVED.contains(&it.reader));
    if served { 2 } else { i32::from(table.explicit) }
}

fn need_points(need: &Need) -> i32 {
    match need.kind {
        NeedKind::Auth => 3,
        NeedKind::Realtime if need.name == "live-updates" => 1,
        NeedKind::Payments => 4,
        NeedKind::Storage | NeedKind::Realtime | NeedKind::Schedule | NeedKind::Vector => 2,
        NeedKind::Function if need.name.starts_with("webhook") => 4,
        NeedKind::Function if matches!(need.name.as_str(), "email" | "sms" | "push") => 2,
        // Files can be read, written and shown anywhere, a model can be called from a desktop.
        NeedKind::Function | NeedKind::Gateway | NeedKind::Secret | NeedKind::Deploy => 0,
    }
}

/// Kinds that nobody can have without a server. Secrets and deployment remain: a tool has those.
fn needs_server(kind: NeedKind) -> bool {
    !matches!(kind, NeedKind::Secret | NeedKind::Deploy)
}

#[cfg(test)]
mod tests;

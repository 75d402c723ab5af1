//! From sighted needs to the needs of the spec.
//!
//! Sightings of one name are joined; then what a kind knows as a whole is applied: alternatives
//! leave the choice open, a webhook belongs to the provider that the spec names elsewhere, and
//! "some payment" gives way to a named provider.

use super::{Facts, Place};
use crate::facts::{Cue, Fact, NeedFact};
use model::{Confidence, Detection, DocumentId, Evidence, Modality, Need, NeedKind};
use std::collections::BTreeMap;

/// The name of a need whose provider the spec leaves open.
const UNSPECIFIED: &str = "unspecified";
/// Schedules of backups, the most frequent first.
const BACKUPS: [&str; 4] = ["hourly-backup", "daily-backup", "weekly-backup", "monthly-backup"];
/// The function that is called by somebody the sentence does not name.
const WEBHOOK: &str = "webhook:";

pub(super) fn weigh(facts: Facts<'_>, detection: &mut Detection) {
    let choices = choices(facts);
    let mut heaps = Heaps::new();
    for (place, fact) in facts.iter() {
        let Fact::Need(need) = fact else { continue };
        let mut evidence = place.evidence(&need.sighting);
        let choice = choice(place, need).and_then(|it| choices.get(&it));
        if let Some(names) = choice {
            leave_open(&mut heaps, need, names, &evidence);
            evidence.modality = evidence.modality.max(Modality::Optional);
        }
        let heap = heaps.entry((need.kind, &need.name)).or_default();
        heap.add(evidence, &need.attributes);
    }
    let mut needs: Vec<Need> =
        heaps.into_iter().map(|((kind, name), heap)| heap.need(kind, name.to_owned())).collect();
    give_webhooks(&mut needs);
    prefer_named(&mut needs);
    join_jobs(&mut needs);
    drop_covered(&mut needs);
    needs.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    detection.sign_in = sign_in(facts);
    if detection.sign_in.is_some() {
        trust_passwords(&mut needs);
    }
    detection.needs = needs;
}

type Heaps<'a> = BTreeMap<(NeedKind, &'a str), Heap>;

/// All that was seen of one name.
#[derive(Default)]
struct Heap {
    evidence: Vec<Evidence>,
    attributes: Vec<(&'static str, String)>,
}

impl Heap {
    fn add(&mut self, evidence: Evidence, attributes: &[(&'static str, String)]) {
        self.evidence.push(evidence);
        for (key, value) in attributes {
            match self.attributes.iter_mut().find(|(known, _)| known == key) {
                // One service may have several variables; each may be exposed.
                Some((_, known)) if *key == "env" => {
                    if !known.split(' ').any(|it| it == value) {
                        known.push(' ');
                        known.push_str(value);
                    }
                }
                Some(_) => {}
                None => self.attributes.push((key, value.clone())),
            }
        }
    }

    fn need(self, kind: NeedKind, name: String) -> Need {
        let (modality, confidence) = join(&self.evidence);
        let (attributes, evidence) = (self.attributes, self.evidence);
        Need { kind, name, attributes, confidence, modality, evidence }
    }
}

/// What several places say together: asked for once is asked for, unless denials outweigh it.
fn join(evidence: &[Evidence]) -> (Modality, Confidence) {
    let asked: Vec<&Evidence> =
        evidence.iter().filter(|it| it.modality == Modality::InScope).collect();
    let denied = evidence.iter().filter(|it| it.modality.denies()).count();
    let best = |of: &[&Evidence]| of.iter().map(|it| it.confidence).max();
    let Some(sure) = best(&asked) else {
        let modality = evidence.iter().map(|it| it.modality).min().unwrap_or(Modality::InScope);
        let all: Vec<&Evidence> = evidence.iter().collect();
        return (modality, best(&all).unwrap_or(Confidence::percent(0)));
    };
    if denied >= asked.len() && sure < Confidence::percent(85) {
        return (Modality::Excluded, sure);
    }
    let mut sorted: Vec<Confidence> = asked.iter().map(|it| it.confidence).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    // Two plain hints make a need; any number of faint ones do not.
    let counts = |it: &Confidence| *it >= Confidence::percent(50);
    let joined = sorted.into_iter().take(3).filter(counts).reduce(Confidence::noisy_or);
    (Modality::InScope, joined.unwrap_or(sure))
}

/// Document, chunk, kind and number: what alternatives have in common.
type Choice = (DocumentId, usize, NeedKind, u32);

fn choice(place: Place, need: &NeedFact) -> Option<Choice> {
    need.either.map(|number| (place.document, place.start, need.kind, number))
}

/// The names between which the spec has to choose, where there are at least two.
fn choices(facts: Facts<'_>) -> BTreeMap<Choice, Vec<&str>> {
    let mut out: BTreeMap<Choice, Vec<&str>> = BTreeMap::new();
    for (place, fact) in facts.iter() {
        if let Fact::Need(need) = fact
            && let Some(choice) = choice(place, need)
        {
            let names = out.entry(choice).or_default();
            if !names.contains(&need.name.as_str()) {
                names.push(&need.name);
            }
        }
    }
    out.retain(|_, names| names.len() > 1);
    out
}

/// "Stripe or Paddle" asks for neither, but for one of them.
fn leave_open<'a>(heaps: &mut Heaps<'a>, need: &'a NeedFact, names: &[&str], seen: &Evidence) {
    let others: Vec<&str> = names.iter().copied().filter(|it| *it != need.name).collect();
    let heap = heaps.entry((need.kind, &need.name)).or_default();
    heap.add_attribute("instead_of", others.join(" "));
    if matches!(need.kind, NeedKind::Payments | NeedKind::Gateway | NeedKind::Vector) {
        let heap = heaps.entry((need.kind, UNSPECIFIED)).or_default();
        heap.add(seen.clone(), &[]);
        heap.add_attribute("instead_of", names.join(" "));
    }
}

impl Heap {
    fn add_attribute(&mut self, key: &'static str, value: String) {
        if !self.attributes.iter().any(|(known, _)| *known == key) {
            self.attributes.push((key, value));
        }
    }
}

/// Gives a webhook that nobody is named for to the payment provider, if there is one.
fn give_webhooks(needs: &mut Vec<Need>) {
    let Some(at) = needs.iter().position(|it| it.name == WEBHOOK) else { return };
    let mut webhook = needs.remove(at);
    let providers = needs.iter().filter(|it| {
        it.kind == NeedKind::Payments
            && it.is_required()
            && it.name != UNSPECIFIED
            && !is_wallet(&it.name)
    });
    let provider =
        providers.max_by_key(|it| it.evidence.len()).map(|it| format!("{WEBHOOK}{}", it.name));
    match provider {
        Some(name) => match needs.iter_mut().find(|it| it.name == name) {
            Some(known) => known.evidence.append(&mut webhook.evidence),
            None => needs.push(Need { name, ..webhook }),
        },
        None => {
            let confidence = webhook.confidence.min(Confidence::percent(50));
            needs.push(Need { name: "webhook".to_owned(), confidence, ..webhook });
        }
    }
}

/// A wallet is a way to pay with a provider, not one.
fn is_wallet(name: &str) -> bool {
    matches!(name, "apple-pay" | "google-pay")
}

/// Drops what a named provider already says.
fn prefer_named(needs: &mut Vec<Need>) {
    let named: Vec<NeedKind> = needs
        .iter()
        .filter(|it| it.name != UNSPECIFIED && it.is_required())
        .map(|it| it.kind)
        .collect();
    needs.retain(|it| {
        let open = it.name == UNSPECIFIED && it.attribute("instead_of").is_none();
        !(open && named.contains(&it.kind))
    });
}

/// Where people sign in and passwords are spoken of, they sign in with one, unless the spec names
/// another way.
fn trust_passwords(needs: &mut [Need]) {
    let named = needs.iter().any(|it| it.kind == NeedKind::Auth && it.is_required());
    let hinted = needs.iter_mut().find(|it| {
        it.kind == NeedKind::Auth
            && matches!(it.name.as_str(), "email-password" | "username-password")
            && it.modality == Modality::InScope
            && it.confidence >= Confidence::percent(50)
    });
    if let (false, Some(it)) = (named, hinted) {
        it.confidence = it.confidence.max(Confidence::REQUIRED);
    }
}

/// Gives a job that is known by its cadence alone ("0 3 * * *") to the one schedule that has this
/// cadence and a name.
fn join_jobs(needs: &mut Vec<Need>) {
    let is_job = |it: &Need| {
        it.kind == NeedKind::Schedule && it.name.ends_with("-job") && it.attribute("cron").is_some()
    };
    let mut at = 0;
    while at < needs.len() {
        if !is_job(&needs[at]) {
            at += 1;
            continue;
        }
        let every = needs[at].attribute("every").map(str::to_owned);
        let mut same = needs.iter().enumerate().filter(|(_, it)| {
            it.kind == NeedKind::Schedule
                && !is_job(it)
                && it.is_required()
                && it.attribute("every").map(str::to_owned) == every
        });
        let only = same.next().map(|(it, _)| it).filter(|_| same.next().is_none());
        drop(same);
        if let Some(other) = only {
            let job = needs.remove(at);
            let other = &mut needs[if other > at { other - 1 } else { other }];
            other.evidence.extend(job.evidence);
            for (key, value) in job.attributes {
                if other.attribute(key).is_none() {
                    other.attributes.push((key, value));
                }
            }
        } else {
            at += 1;
        }
    }
}

/// Drops what another schedule or channel already says.
fn drop_covered(needs: &mut [Need]) {
    let timed = needs.iter().any(|it| {
        it.kind == NeedKind::Schedule
            && it.is_required()
            && it.attribute("every").is_some_and(|it| it != UNSPECIFIED)
    });
    let channel = needs
        .iter()
        .any(|it| it.kind == NeedKind::Realtime && it.is_required() && it.name != "live-updates");
    let shared = needs.iter().any(|it| {
        it.kind == NeedKind::Realtime
            && it.is_required()
            && matches!(it.name.as_str(), "collab" | "game")
    });
    let paid = needs
        .iter()
        .any(|it| it.kind == NeedKind::Payments && it.is_required() && !is_wallet(&it.name));
    // "30 daily, 4 weekly backups" tells how long they are kept; they are made as often as the
    // most frequent one.
    let rank = |it: &Need| BACKUPS.iter().position(|name| *name == it.name);
    let backup = needs.iter().filter(|it| it.is_required()).filter_map(rank).min();
    for it in needs {
        let kept = rank(it).is_some_and(|rank| backup.is_some_and(|best| rank > best));
        let wallet = it.kind == NeedKind::Payments && is_wallet(&it.name) && paid;
        let open = it.kind == NeedKind::Schedule && it.name.starts_with("scheduled-") && timed;
        // A WebSocket that is spoken of without saying for what serves the channel that is named.
        let plain = !it.evidence.iter().any(|it| it.confidence > Confidence::REQUIRED);
        let covered = it.kind == NeedKind::Realtime
            && it.name == "live-updates"
            && (shared || (channel && plain));
        if open || covered || kept || wallet {
            it.confidence = it.confidence.min(Confidence::percent(55));
        }
    }
}

/// Where people sign in; `None` when nothing says so, or more places say that nobody does.
fn sign_in(facts: Facts<'_>) -> Option<Vec<Evidence>> {
    let mut asked = Vec::new();
    let mut denied = 0;
    for (place, fact) in facts.iter() {
        let Fact::Cue(cue) = fact else { continue };
        match cue.cue {
            Cue::SignIn => {
                let it = place.evidence(&cue.sighting);
                if it.modality == Modality::InScope && it.confidence >= Confidence::percent(50) {
                    asked.push(it);
                }
            }
            Cue::NoSignIn => denied += 1,
            _ => {}
        }
    }
    asked.dedup_by_key(|it| (it.document, it.span));
    let sure = asked.iter().any(|it| it.confidence >= Confidence::REQUIRED) || asked.len() >= 2;
    (sure && asked.len() >= denied).then_some(asked)
}

#[cfg(test)]
mod tests;

//! How sure prose makes it that a thing has rows.
//!
//! What all sightings of a thing show is counted into a few numbers, and a logistic function weighs
//! them.

use crate::facts::{Cue, Deed, EntityFact, Fact, Standing, Worth};
use crate::judge::{Facts, Place};
use crate::read::nouns::{self, Weight};
use model::{Confidence, DocumentId, Modality};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// From this many declared tables on a list of them is nearly complete.
pub(super) const DECLARED_MIN: usize = 3;
/// The reader of two plain words: "pricing rules".
const COMPOUND: &str = "prose-compound";

/// What the sightings of one thing show, counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Traits {
    created: u32,
    kept: u32,
    managed: u32,
    listed: u32,
    changed: u32,
    read: u32,
    mentioned: u32,
    posted: u32,
    fetched: u32,
    headed: u32,
    led: u32,
    celled: u32,
    asked: u32,
    talked: u32,
    /// Sightings beside a word for what rows have.
    parted: u32,
    plural: u32,
    titled: bool,
    /// Passages that name it.
    passages: u32,
    last_passage: Option<(DocumentId, usize, u32)>,
    /// Whether more than "pricing rules", two words of which neither was looked for, shows it.
    is_listed: bool,
    /// Sightings of it within longer names: "rules" in "pricing rules".
    covered: u32,
    /// Longer names that it begins.
    begun: u32,
    /// Sections that name it.
    chunks: u32,
    /// Phrases that look like fields in the best group that may be of them.
    fields: u32,
    /// Whether something has a column for it: `order_id`.
    referenced: bool,
    /// Whether a sentence ties it to something.
    related: bool,
}

impl Traits {
    pub(super) fn add(&mut self, place: Place, fact: &EntityFact) {
        let reader = fact.sighting.reader;
        self.is_listed |= reader != COMPOUND;
        if reader == "api-endpoint" {
            if fact.deed == Deed::Create {
                self.posted += 1;
            } else {
                self.fetched += 1;
            }
            return;
        }
        self.parted += u32::from(fact.has_part);
        self.plural += u32::from(fact.is_plural);
        self.titled |= fact.in_title;
        let passage = Some((place.document, place.start, fact.passage));
        self.passages += u32::from(self.last_passage != passage);
        let chunk = |it: (DocumentId, usize, u32)| (it.0, it.1);
        self.chunks += u32::from(self.last_passage.map(chunk) != passage.map(chunk));
        self.last_passage = passage;
        *match fact.deed {
            Deed::Crud => {
                self.created += 1;
                &mut self.managed
            }
            Deed::Create => &mut self.created,
            Deed::Keep => &mut self.kept,
            Deed::Manage => &mut self.managed,
            Deed::List => &mut self.listed,
            Deed::Update | Deed::Delete => &mut self.changed,
            Deed::Read => &mut self.read,
            Deed::Relate | Deed::Mention => &mut self.mentioned,
        } += 1;
        match fact.standing {
            Standing::Plain => {}
            Standing::Cell => self.celled += 1,
            Standing::Lead => self.led += 1,
            Standing::Heading => self.headed += 1,
        }
        match fact.worth {
            Worth::Asks => self.asked += 1,
            Worth::Neutral => {}
            Worth::Talks => self.talked += 1,
        }
    }

    /// Whether endpoints ask for both a list and one row.
    pub(super) fn is_resource(&self) -> bool {
        self.posted > 0 && self.fetched > 0
    }

    /// Takes in what a longer name says of the one that it ends in.
    pub(super) fn cover(&mut self, total: u32) {
        self.covered += total;
    }

    /// Takes in that a longer name begins with it.
    pub(super) fn begin(&mut self) {
        self.begun += 1;
    }

    /// Takes in a group of phrases that may be its fields.
    pub(super) fn list(&mut self, n_fields: u32) {
        self.fields = self.fields.max(n_fields);
    }

    /// Takes in that something has a column for it.
    pub(super) fn refer(&mut self) {
        self.referenced = true;
    }

    pub(super) fn is_referenced(&self) -> bool {
        self.referenced
    }

    /// Takes in that a sentence ties it to something.
    pub(super) fn relate(&mut self) {
        self.related = true;
    }

    /// How many kinds of deeds are done to it.
    fn n_deeds(&self) -> u32 {
        let kinds = [self.created, self.kept, self.managed, self.listed, self.changed, self.read];
        kinds.iter().map(|it| u32::from(*it > 0)).sum()
    }

    pub(super) fn total(&self) -> u32 {
        self.created
            + self.kept
            + self.managed
            + self.listed
            + self.changed
            + self.read
            + self.mentioned
            + self.posted
            + self.fetched
    }
}

/// What the whole spec tells about the chances of any thing in it.
#[derive(Debug, Default)]
pub(super) struct Product {
    declared: usize,
    /// Tables of which the spec tells the columns.
    modelled: usize,
    /// Of its text.
    bytes: usize,
    /// Things that it names, but for those of two plain words.
    things: u32,
    local: f32,
    tool: f32,
    sign_in: bool,
    /// How often the thing is named that is named most.
    most: u32,
}

impl Product {
    pub(super) fn of<'a>(
        facts: Facts<'_>,
        (declared, modelled): (usize, usize),
        things: impl Iterator<Item = &'a Traits>,
    ) -> Self {
        let mut it = Self { declared, modelled, bytes: facts.bytes(), ..Self::default() };
        for (_, fact) in facts.iter() {
            let Fact::Cue(cue) = fact else { continue };
            if cue.sighting.modality != Modality::InScope {
                continue;
            }
            let sure = f32::from(cue.sighting.confidence.as_percent()) / 100.0;
            match cue.cue {
                Cue::LocalOnly => it.local += sure,
                Cue::ClientKind => it.tool += sure,
                Cue::SignIn => it.sign_in = true,
                _ => {}
            }
        }
        for thing in things {
            it.most = it.most.max(thing.total());
            it.things += u32::from(thing.is_listed);
        }
        it
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    pub(super) fn features(&self, name: &str, it: &Traits) -> [f32; WEIGHTS.len()] {
        let log = |n: u32| (1.0 + n as f32).ln();
        let is = |yes: bool| f32::from(u8::from(yes));
        let weight = nouns::listed(name).map(|it| it.weight);
        let sure = weight == Some(Weight::Sure);
        let made = it.created + it.kept + it.managed;
        let total = it.total().max(1) as f32;
        let plain = !it.is_listed;
        [
            1.0,
            is(weight.is_none()),
            is(name.contains('_')),
            log(it.created),
            log(it.managed),
            log(it.listed),
            log(it.read),
            log(it.mentioned),
            is(it.fetched > 0),
            log(it.headed + it.led + it.celled),
            log(it.asked),
            log(it.talked),
            is(made > 0),
            is(made > 1),
            it.total() as f32 / self.most.max(1) as f32,
            self.local.min(4.0),
            self.tool.min(3.0),
            is(self.sign_in),
            is(self.declared > 0),
            is(it.asked > 1),
            is(sure),
            is(weight == Some(Weight::Vague)),
            is(sure && it.asked > 0),
            log(it.parted),
            it.plural as f32 / total,
            is(it.titled),
            log(it.passages),
            is(it.headed > 0),
            is(it.celled > 0),
            (1.0 + self.bytes as f32 / 2000.0).ln(),
            log(self.things),
            is(nouns::is_person(name)),
            (it.covered as f32 / total).min(1.0),
            log(it.begun),
            is(plain),
            is(plain && made > 0),
            is(plain && it.headed > 0),
            is(self.declared >= DECLARED_MIN),
            log(u32::try_from(self.declared).unwrap_or(u32::MAX)),
            log(u32::try_from(self.modelled).unwrap_or(u32::MAX)),
            is(self.declared >= DECLARED_MIN && made > 1),
            is(self.modelled >= DECLARED_MIN && made > 0),
            log(it.fields),
            is(it.fields > 2),
            is(it.fields > 2 && it.headed > 0),
            is(it.referenced),
            is(it.related),
            it.n_deeds() as f32,
            log(it.chunks),
            is(it.posted > 0),
        ]
    }

    /// How sure it is that a thing has rows.
    pub(super) fn confidence(&self, name: &str, it: &Traits) -> Confidence {
        if it.is_resource() {
            return Confidence::percent(80);
        }
        let features = self.features(name, it);
        let sum: f32 = features.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        // Of what is managed, that its name often means something else says less.
        let doubt = prior(name).min(0.0) * if it.managed > 0 { MANAGED } else { 1.0 };
        let own = prior(name).max(0.0) + doubt;
        let shift = if self.declared >= DECLARED_MIN { SHIFT_BESIDE } else { SHIFT };
        let sure = 100.0 / (1.0 + (-(sum + own + shift)).exp());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
        Confidence::percent(sure.clamp(0.0, 99.0) as u8)
    }
}

/// Moves a chance of .45, below which more is wrong than it is worth, to the .60 from which
/// [`Confidence::REQUIRED`] counts.
const SHIFT: f32 = 0.61;

/// The same beside a list of tables, which is nearly complete: there a chance of .65 is asked for.
const SHIFT_BESIDE: f32 = -0.21;

/// What the noun itself adds: how much more often it is kept than its sentences tell.
fn prior(name: &str) -> f32 {
    static PRIORS: LazyLock<FxHashMap<&'static str, f32>> = LazyLock::new(|| {
        let lines = include_str!("priors.txt").lines().filter(|it| !it.starts_with('#'));
        lines
            .filter_map(|it| it.split_once(' '))
            .map(|(name, value)| (name, value.parse().expect("a number behind each noun")))
            .collect()
    });
    PRIORS.get(name).copied().unwrap_or_default()
}

/// What is left of a noun's doubt where the thing is managed.
const MANAGED: f32 = 0.5;

/// What each feature adds, in the order of [`Product::features`].
///
/// Fitted by `scripts/fit-mentions`: logistic regression with an L2 penalty of 3 on what 9,800 things
/// of 387 annotated specs in ten languages are. Each of 16 sets is read with the weights that the
/// others give: a chance of .45 then finds 45 % of the tables among these at a precision of 73 %.
const WEIGHTS: [f32; 50] = [
    -5.00, -0.81, 0.91, -0.05, 0.27, 0.21, 0.09, 0.28, 0.61, -0.35, -0.27, -0.44, 0.67, 0.26, 0.75,
    -0.22, -0.24, 0.71, 0.33, 0.65, 0.66, -0.76, 0.43, 0.78, 0.57, -0.34, 0.67, 0.70, 0.14, -1.10,
    0.91, 0.38, -0.91, 0.93, -1.21, 0.37, 0.29, -0.13, -0.62, -0.15, 0.18, -0.74, 0.29, -0.11,
    -0.27, 0.64, 0.53, 0.46, -0.11, 0.11,
];

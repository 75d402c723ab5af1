//! Entities that prose names: nouns of the gazetteer with what is done to them, and in English the
//! objects of verbs that create, change and delete.
//!
//! One sighting proves little; the judge adds them up and believes prose only while no explicit
//! model names the tables.

use super::deeds::{self, Verb};
use super::lexicon::{self, Weight};
use super::{names, nearby};
use crate::facts::{Deed, EntityFact, Fact, Sighting, Standing, Worth};
use crate::pattern::compile;
use crate::read::clauses::{Passage, PassageKind};
use crate::read::{ChunkCx, Language, lexicon as phrases};
use crate::scope::{Role, Scope};
use model::Confidence;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// How far from a noun its verb is looked for: more than any words that may stand between.
const NEAR_BYTES_MAX: usize = 160;
/// A line longer than this has no parts that stand out.
const LINE_BYTES_MAX: usize = 2000;
/// Words between an English verb and its object at most.
const OBJECT_WORDS_MAX: usize = 6;

pub(super) fn read(cx: &ChunkCx<'_>, passages: &[Passage], out: &mut Vec<Fact>) {
    for (index, passage) in (0u32..).zip(passages) {
        let scope = &cx.blocks[passage.block].scope;
        if passage.kind == PassageKind::Sketch || is_silent(scope) {
            continue;
        }
        let view = View { cx, index, passage, scope };
        let verbs = deeds::find(&passage.prose.text);
        view.nouns(&verbs, out);
        if cx.language == Language::English {
            view.objects(out);
            view.passives(out);
            view.social(out);
            view.managed(out);
        }
    }
}

/// Sections whose nouns are no things to keep.
fn is_silent(scope: &Scope) -> bool {
    matches!(
        scope.role(),
        Role::Competitors
            | Role::Example
            | Role::Metrics
            | Role::Testing
            | Role::TechStack
            | Role::Deploy
            | Role::Risk
            | Role::Glossary
            | Role::OpenQuestions
            | Role::NonFunctional
    )
}

struct View<'a> {
    cx: &'a ChunkCx<'a>,
    index: u32,
    passage: &'a Passage,
    scope: &'a Scope,
}

impl View<'_> {
    fn text(&self) -> &str {
        &self.passage.prose.text
    }

    fn nouns(&self, verbs: &[phrases::Hit<Verb>], out: &mut Vec<Fact>) {
        for hit in lexicon::find(self.text(), self.cx.language) {
            let range = hit.start..hit.end;
            // `POST /orders` and "POST: name" are no posts.
            let after = self.text()[hit.end..].trim_start_matches(['`', '*']);
            if after.starts_with(" /")
                || hit.noun.name == "posts"
                    && self.cx.chunk.slice(self.passage.prose.span(&range)) == "POST"
            {
                continue;
            }
            let is_english = self.cx.language == Language::English;
            let compound = if is_english { compound(self.text(), &range) } else { None };
            let is_counted = hit.noun.weight != Weight::Seldom;
            if !(is_counted || compound.is_some()) || is_english && !self.is_thing(&range) {
                continue;
            }
            let (deed, standing, percent) = self.weigh(&range, hit.noun, verbs);
            if let Some((name, range)) = compound {
                let seen = Seen { deed, standing, percent, reader: "prose-compound" };
                self.push(&name, &range, seen, out);
            }
            if is_counted {
                let seen = Seen { deed, standing, percent, reader: "prose-noun" };
                self.push(hit.noun.name, &range, seen, out);
            }
        }
    }

    /// Whether an English word is a noun here and the head of its phrase: neither "the app stores"
    /// nor "brand guidelines".
    fn is_thing(&self, range: &Range<usize>) -> bool {
        let text = self.text();
        let word = &text[range.clone()];
        let before = text[..range.start].trim_end();
        let before = before.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
        if VERB_LIKE.iter().any(|it| {
            word.strip_prefix(it).is_some_and(|it| it.is_empty() || it == "s" || it == "es")
        }) {
            let determined = DETERMINERS.contains(&before)
                || deeds::find(before).iter().any(|it| it.meaning != Verb::Manages);
            let leads = text[..range.start].chars().all(|it| !it.is_alphabetic());
            let plural = word.ends_with('s');
            let subject = SUBJECTS.contains(&before);
            if subject || !(determined || leads || plural) {
                return false;
            }
        }
        let after = &text[range.end..];
        let Some(next) = after.strip_prefix(' ') else {
            return !after.starts_with(['-', '.'])
                || after.len() < 2
                || after[1..].starts_with(' ');
        };
        let next =
            next.split(|it: char| !(it.is_alphanumeric() || it == '-')).next().unwrap_or_default();
        next.is_empty() || !is_noun_like(next)
    }

    /// What is done to the noun at `range`, and how surely that makes it a table.
    fn weigh(
        &self,
        range: &Range<usize>,
        noun: &lexicon::Noun,
        verbs: &[phrases::Hit<Verb>],
    ) -> (Deed, Standing, u8) {
        let strong = noun.weight >= Weight::Almost;
        let name = noun.name;
        let is_short = self.text().len() <= LINE_BYTES_MAX;
        let standing = match self.passage.kind {
            PassageKind::Heading if is_short && self.is_most(range) => Standing::Heading,
            PassageKind::Item if is_short && self.leads(range) => Standing::Lead,
            PassageKind::Row if is_short && self.fills_cell(range) => Standing::Cell,
            _ => Standing::Plain,
        };
        let is_person = lexicon::is_person(name);
        let from = verbs.partition_point(|it| it.range.start + NEAR_BYTES_MAX < range.start);
        let to = verbs.partition_point(|it| it.range.start < range.end + NEAR_BYTES_MAX);
        let near: Vec<Verb> = verbs[from..to]
            .iter()
            .filter(|it| self.concerns(it, range, is_person))
            .map(|it| it.meaning)
            .collect();
        let does = |deed| near.contains(&Verb::Does(deed));
        let verb = near.iter().copied().max_by_key(|it| match it {
            Verb::Manages | Verb::System => 4,
            Verb::Does(Deed::Create) | Verb::Keeps => 3,
            Verb::Does(Deed::Update | Deed::Delete) => 2,
            Verb::Does(_) => 1,
        });
        // A list of features names things only because the product has them.
        let in_list = matches!(self.passage.kind, PassageKind::Item | PassageKind::Row);
        let listed = is_short && in_list && self.is_listed(range);
        let asked = in_list && self.worth() == Worth::Asks;
        let (deed, [if_strong, if_weak]) = match verb {
            Some(Verb::Manages | Verb::System) => (Deed::Manage, [52, 36]),
            Some(Verb::Keeps) => (Deed::Keep, [44, 34]),
            Some(Verb::Does(deed @ Deed::Create)) => (deed, [40, 26]),
            Some(Verb::Does(deed @ (Deed::Update | Deed::Delete))) => (deed, [34, 22]),
            // "Catalog: products, units, suppliers"
            _ if listed && asked => (Deed::List, [40, 24]),
            Some(Verb::Does(deed)) => (deed, [20, 10]),
            None if listed => (Deed::List, [26, 12]),
            None if asked => (Deed::Mention, [14, 7]),
            None => (Deed::Mention, [6, 2]),
        };
        let percent = if strong { if_strong } else { if_weak };
        // "create, edit and delete orders" says it all at once.
        let all = does(Deed::Create) && (does(Deed::Update) || does(Deed::Delete));
        let deed = if all { Deed::Crud } else { deed };
        let percent = if all { percent.max(if strong { 64 } else { 48 }) } else { percent };
        let percent = match standing {
            Standing::Plain => percent,
            _ => percent + if strong { 20 } else { 12 },
        };
        let talks = self.worth() == Worth::Talks;
        (deed, standing, if talks { percent * 2 / 3 } else { percent })
    }

    /// Whether the passage is the title of the document.
    fn is_title(&self) -> bool {
        let block = &self.cx.chunk.blocks[self.cx.blocks[self.passage.block].index];
        matches!(block.kind, BlockKind::Heading { level: 1, .. })
    }

    fn worth(&self) -> Worth {
        match self.scope.role() {
            Role::Overview | Role::Ui | Role::Personas | Role::Roadmap => Worth::Talks,
            Role::Functional | Role::UserStories | Role::Acceptance => Worth::Asks,
            _ => Worth::Neutral,
        }
    }

    /// Whether the verb acts on the noun: before it in English, in the same clause elsewhere.
    fn concerns(&self, verb: &phrases::Hit<Verb>, noun: &Range<usize>, is_person: bool) -> bool {
        let prose = &self.passage.prose;
        let clause = prose.clause(noun.start);
        if verb.range.start < clause.start || verb.range.end > clause.end {
            return false;
        }
        let overlaps = verb.range.start < noun.end && noun.start < verb.range.end;
        if overlaps {
            return false;
        }
        let is_management = matches!(verb.meaning, Verb::Manages | Verb::System);
        if verb.range.end <= noun.start {
            if verb.meaning == Verb::System {
                return false;
            }
            let between = &prose.text[verb.range.end..noun.start];
            return near(between, OBJECT_WORDS_MAX);
        }
        let between = &prose.text[noun.end..verb.range.start];
        match self.cx.language {
            // "orders are stored", "order management"
            Language::English => {
                (is_management && between.trim().is_empty())
                    || (verb.meaning == Verb::Keeps && near(between, 3) && between.contains(" "))
                    || (matches!(
                        verb.meaning,
                        Verb::Does(Deed::Create | Deed::Update | Deed::Delete)
                    ) && (between.contains(" is ")
                        || between.contains(" are ")
                        || between.contains("be "))
                        && near(between, 3))
            }
            // Verbs stand at the end; who does it stands before them too.
            Language::German | Language::Japanese | Language::Korean => {
                near(between, OBJECT_WORDS_MAX)
                    && (!is_person || (is_management && near(between, 1)))
            }
            // What stands before the verb does it, unless it is what is managed or kept.
            _ => {
                (is_management && near(between, 1))
                    || (verb.meaning == Verb::Keeps && !is_person && near(between, 3))
            }
        }
    }

    /// Whether the noun is most of a heading: "Orders", "3.2 Order management".
    fn is_most(&self, range: &Range<usize>) -> bool {
        let letters = |it: &str| it.chars().filter(|it| it.is_alphabetic()).count();
        letters(&self.text()[range.clone()]) * 5 >= letters(self.text()) * 2
    }

    /// Whether the noun is a part by itself of a list of at least three in one line.
    fn is_listed(&self, range: &Range<usize>) -> bool {
        const MARKS: &[char] = &[',', '、', '，', '/', '／', '·', ':', '：', '|', '(', ')', ';'];
        let text = self.text();
        let start = text[..range.start]
            .rfind(MARKS)
            .map_or(0, |it| it + text[it..].chars().next().map_or(1, char::len_utf8));
        let end = text[range.end..].find(MARKS).map_or(text.len(), |it| range.end + it);
        let around = text[start..range.start].trim().len()
            + text[range.end..end].trim_end_matches('.').trim().len();
        let separators: &[char] = &[',', '、', '，', '/', '／', '·'];
        around == 0 && text.matches(separators).count() >= 2
    }

    /// Whether the noun is most of its cell.
    fn fills_cell(&self, range: &Range<usize>) -> bool {
        let text = self.text();
        let start = text[..range.start].rfind('|').map_or(0, |it| it + 1);
        let end = text[range.end..].find('|').map_or(text.len(), |it| range.end + it);
        (end - start) <= (range.end - range.start) * 2 + 2
    }

    /// Whether the noun opens the item or cell: "Orders: …".
    fn leads(&self, range: &Range<usize>) -> bool {
        let before = &self.text()[..range.start];
        let after = self.text()[range.end..].trim_start();
        before.chars().all(|it| !it.is_alphabetic())
            && (after.is_empty() || after.starts_with([':', '：', '-', '–', '—', '(']))
    }

    /// Objects of English verbs that no list knows: "create a moodboard", "THE System SHALL store
    /// each Loot_Ban".
    fn objects(&self, out: &mut Vec<Fact>) {
        for found in OBJECT.captures_iter(self.text()) {
            let (Some(verb), Some(object)) = (found.get(1), found.get(2)) else { continue };
            let Some((head, range)) = head_noun(object.as_str(), object.start()) else { continue };
            let (deed, percent) = match &verb.as_str()[..verb.as_str().len().min(3)] {
                "cre" | "add" | "sub" | "pub" | "reg" => (Deed::Create, 24),
                "sto" | "sav" | "per" | "rec" => (Deed::Create, 30),
                "man" => (Deed::Create, 34),
                "del" | "rem" => (Deed::Delete, 20),
                "edi" | "upd" | "mod" => (Deed::Update, 20),
                _ => (Deed::Read, 8),
            };
            self.push_object(&head, &range, (deed, percent), out);
        }
    }

    /// "WHEN a price version is created".
    fn passives(&self, out: &mut Vec<Fact>) {
        for found in PASSIVE.captures_iter(self.text()) {
            let (Some(subject), Some(verb)) = (found.get(1), found.get(2)) else { continue };
            let start = subject
                .as_str()
                .rfind(|it: char| !(it.is_ascii_alphanumeric() || " _-".contains(it)));
            let skip = start.map_or(0, |it| it + 1);
            let Some((head, range)) = last_noun(&subject.as_str()[skip..], subject.start() + skip)
            else {
                continue;
            };
            let (deed, percent) = match &verb.as_str()[..3] {
                "upd" | "del" | "rem" | "arc" | "can" => (Deed::Update, 22),
                _ => (Deed::Create, 30),
            };
            self.push_object(&head, &range, (deed, percent), out);
        }
    }

    /// "Like, comment and share", "users can follow each other": verbs whose rows have their name.
    fn social(&self, out: &mut Vec<Fact>) {
        for found in SOCIAL.captures_iter(self.text()) {
            let Some(verb) = found.get(1) else { continue };
            let name = match verb.as_str() {
                "like" => "likes",
                "comment" => "comments",
                "follow" | "unfollow" => "follows",
                "upvote" | "downvote" | "vote" => "votes",
                "bookmark" => "bookmarks",
                "favorite" | "favourite" => "favorites",
                "react" => "reactions",
                _ => "donations",
            };
            let seen = Seen {
                deed: Deed::Create,
                standing: Standing::Plain,
                percent: 30,
                reader: "prose-verb",
            };
            self.push(name, &verb.range(), seen, out);
        }
    }

    /// "Rider management" for things that no list knows.
    fn managed(&self, out: &mut Vec<Fact>) {
        for found in MANAGED.captures_iter(self.text()) {
            let Some(subject) = found.get(1) else { continue };
            let Some((head, range)) = last_noun(subject.as_str(), subject.start()) else {
                continue;
            };
            let percent = if self.passage.kind == PassageKind::Heading { 50 } else { 36 };
            self.push_object(&head, &range, (Deed::Manage, percent), out);
        }
    }

    fn push_object(
        &self,
        head: &str,
        range: &Range<usize>,
        (deed, percent): (Deed, u8),
        out: &mut Vec<Fact>,
    ) {
        const JOINTS: &[&str] =
            &["and", "or", "but", "nor", "doesn", "don", "isn", "can", "does", "not", "then"];
        let is_broken = head.split(['_', ' ']).any(|it| JOINTS.contains(&it));
        if is_broken || lexicon::listed(&names::plural(head)).is_some() {
            return;
        }
        // A term with a capital in the middle of a sentence is one the spec defined.
        let source = self.cx.chunk.slice(self.passage.prose.span(range));
        let defined = source.contains('_') || source.starts_with(|it: char| it.is_uppercase());
        let percent = if defined { percent + 10 } else { percent };
        let hump = source
            .chars()
            .zip(source.chars().skip(1))
            .any(|(a, b)| a.is_lowercase() && b.is_uppercase());
        let name = if hump { names::of_model(source) } else { names::plural(head) };
        let standing = match self.passage.kind {
            PassageKind::Heading => Standing::Heading,
            _ => Standing::Plain,
        };
        let seen = Seen { deed, standing, percent, reader: "crud-object" };
        self.push(&name, range, seen, out);
    }

    fn push(&self, name: &str, range: &Range<usize>, seen: Seen, out: &mut Vec<Fact>) {
        let prose = &self.passage.prose;
        let span = prose.span(range);
        let own = prose.modality(range.start);
        let modality = self.scope.modality().max(own).max(self.passage.inherited);
        let Seen { deed, standing, percent, reader } = seen;
        let has_plural_end = matches!(&prose.text[range.clone()], it if it.ends_with('s'));
        out.push(Fact::Entity(EntityFact {
            label: self.cx.chunk.slice(span).to_owned(),
            name: name.to_owned(),
            deed,
            standing,
            worth: self.worth(),
            passage: self.index,
            has_part: nearby::names_part(&prose.text, range),
            in_title: self.is_title(),
            is_plural: has_plural_end,
            sighting: Sighting { span, reader, confidence: Confidence::percent(percent), modality },
        }));
    }
}

/// What a sentence shows of a thing.
struct Seen {
    deed: Deed,
    standing: Standing,
    percent: u8,
    reader: &'static str,
}

/// Words behind a noun that leave it the head of its phrase are closed; all others may be nouns
/// that it only modifies.
fn is_noun_like(next: &str) -> bool {
    const PASS: &[&str] = &[
        "management",
        "system",
        "systems",
        "functionality",
        "feature",
        "features",
        "module",
        "directory",
        "library",
        "archive",
        "uploads",
        "upload",
        "editing",
        "listing",
        "feed",
        "log",
        "logs",
        "center",
        "section",
        "manager",
        "crud",
        "list",
        "lists",
        "records",
        "record",
        "entries",
        "entry",
        "table",
        "catalog",
        "catalogue",
        "tracking",
        "creation",
        "details",
        "detail",
        "data",
        "page",
        "pages",
        "model",
        "entity",
        "database",
        "history",
        "moderation",
        "registration",
        "who",
        "whose",
        "there",
        "while",
        "until",
        "since",
        "because",
        "both",
        "each",
        "every",
        "one",
        "two",
        "three",
        "we",
        "you",
        "i",
        "he",
        "she",
        "but",
        "stored",
        "created",
        "saved",
        "shared",
        "linked",
        "associated",
        "owned",
        "assigned",
        "submitted",
        "uploaded",
        "without",
        "next",
        "may",
        "might",
        "could",
        "would",
        "does",
        "do",
        "did",
        "was",
        "were",
        "being",
        "been",
        "having",
        "online",
        "themselves",
        "itself",
        "again",
        "automatically",
        "already",
        "according",
        "related",
        "belonging",
    ];
    let closed = STOPS.contains(&next) || PASS.contains(&next);
    let verb = deeds::find(next).iter().any(|it| it.range.len() == next.len());
    !(closed
        || verb
        || next.ends_with("ly")
        || next.ends_with("ed")
        || next.ends_with("ing")
        || next.bytes().all(|it| it.is_ascii_digit()))
}

/// The name of an English noun with the noun before it, "pricing rules", and where both stand.
pub(super) fn compound(text: &str, head: &Range<usize>) -> Option<(String, Range<usize>)> {
    let before = text[..head.start].strip_suffix([' ', '-'])?;
    let modifier = before.rsplit(|it: char| !it.is_ascii_alphanumeric()).next()?;
    let start = before.len() - modifier.len();
    if !is_modifier(modifier) || text[..start].ends_with(['/', '.', '_', '@', '-']) {
        return None;
    }
    // "track orders" does something, "each track" is something.
    if VERB_LIKE.contains(&modifier) {
        let word = text[..start].trim_end();
        let word = word.rsplit(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
        if !DETERMINERS.contains(&word) {
            return None;
        }
    }
    let name = names::plural(&text[head.clone()]).replace([' ', '-'], "_");
    Some((format!("{modifier}_{name}"), start..head.end))
}

/// Whether an English word may stand before a noun as a part of its name: "pricing" rules, "loot"
/// awards; neither "additional" nor "create".
fn is_modifier(word: &str) -> bool {
    /// Nouns that end as adjectives or participles do.
    const NOUNS: &[&str] = &[
        "rental",
        "medical",
        "arrival",
        "animal",
        "signal",
        "hospital",
        "proposal",
        "approval",
        "festival",
        "journal",
        "meal",
        "deal",
        "goal",
        "trial",
        "portal",
        "referral",
        "archive",
        "music",
        "topic",
        "clinic",
        "traffic",
        "social",
        "legal",
        "technical",
        "clinical",
        "dental",
        "pricing",
        "training",
        "billing",
        "shipping",
        "mailing",
        "meeting",
        "parking",
        "booking",
        "listing",
        "rating",
        "reading",
        "recording",
        "trading",
        "shopping",
        "banking",
        "onboarding",
        "building",
        "meter",
        "feed",
        "seed",
        "media",
        "wedding",
        "learning",
        "reading",
        "hiring",
        "funding",
        "lending",
        "housing",
        "cleaning",
        "grading",
        "gaming",
        "fishing",
        "testing",
        "staffing",
        "sales",
        "news",
        "sports",
        "goods",
        "analytics",
        "basic",
        "fabric",
        "comic",
    ];
    if NOUNS.contains(&word) {
        return true;
    }
    let is_plural = word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us");
    let is_verb = || deeds::find(word).iter().any(|it| it.range.len() == word.len());
    word.len() >= 3
        && word.bytes().all(|it| it.is_ascii_lowercase())
        && !is_plural
        && !word.ends_with("ing")
        && !word.ends_with("ly")
        && !ADJECTIVE_ENDS.iter().any(|it| word.ends_with(it))
        && !ADJECTIVES.contains(&word)
        && !STOPS.contains(&word)
        && !DETERMINERS.contains(&word)
        && !SUBJECTS.contains(&word)
        && !LOOSE.contains(&word)
        && !is_verb()
}

/// Words that say of any noun which or how many.
const LOOSE: &[&str] = &[
    "new",
    "old",
    "own",
    "same",
    "next",
    "last",
    "previous",
    "latest",
    "recent",
    "top",
    "best",
    "full",
    "empty",
    "several",
    "some",
    "few",
    "two",
    "three",
    "four",
    "five",
    "both",
    "most",
    "less",
    "least",
    "total",
    "average",
    "key",
    "main",
    "core",
    "major",
    "minor",
    "sub",
    "non",
    "pre",
    "multi",
    "self",
    "high",
    "low",
    "large",
    "small",
    "long",
    "short",
    "default",
    "sample",
    "test",
    "mock",
    "demo",
    "dummy",
    "fake",
    "target",
    "source",
    "parent",
    "child",
    "given",
    "let",
    "admin",
    "customer",
    "client",
    "guest",
    "owner",
    "premium",
    "pro",
    "standard",
    "future",
    "past",
    "today",
    "tomorrow",
    "week",
    "month",
    "day",
    "year",
    "hour",
    "batch",
    "bulk",
    "per",
    "real",
    "true",
    "false",
    "null",
    "good",
    "bad",
    "clear",
    "great",
    "right",
    "wrong",
    "correct",
    "extra",
    "more",
    "other",
    "another",
    "different",
    "similar",
    "specific",
    "particular",
    "certain",
    "various",
    "many",
    "much",
    "any",
    "within",
    "without",
    "while",
    "because",
    "how",
    "why",
    "what",
    "who",
    "whose",
    "whether",
    "where",
    "yes",
    "not",
    "now",
    "just",
    "even",
    "still",
    "yet",
    "already",
    "always",
    "never",
    "often",
    "here",
    "there",
    "again",
    "ones",
    "use",
    "used",
    "help",
    "allow",
    "enable",
    "require",
    "prompt",
    "notify",
    "verify",
    "validate",
    "select",
    "choose",
    "pick",
    "preserve",
    "handle",
    "apply",
    "determine",
    "identify",
    "calculate",
    "compute",
    "ensure",
    "prevent",
    "restrict",
    "detect",
    "extract",
    "parse",
    "convert",
    "load",
    "hide",
    "sort",
    "connect",
    "attach",
    "accept",
    "decline",
    "reject",
    "approve",
    "cancel",
    "complete",
    "finish",
    "begin",
    "keep",
    "maintain",
    "contain",
    "include",
    "exclude",
    "replace",
    "restore",
    "recover",
    "reuse",
    "assign",
    "reassign",
    "grant",
    "revoke",
    "deny",
    "receive",
    "deliver",
    "send",
    "need",
    "want",
    "earn",
    "spend",
    "sell",
    "hire",
    "teach",
    "know",
    "find",
    "explore",
    "discover",
    "compare",
    "analyze",
    "summarize",
    "describe",
    "explain",
    "specify",
    "define",
    "build",
    "make",
    "take",
    "give",
    "bring",
];

/// Nouns that are verbs as often.
const VERB_LIKE: &[&str] = &[
    "store",
    "track",
    "match",
    "post",
    "note",
    "rate",
    "review",
    "comment",
    "like",
    "follow",
    "order",
    "book",
    "monitor",
    "plan",
    "message",
    "request",
    "visit",
    "trip",
    "trade",
    "offer",
    "tag",
    "label",
    "vote",
    "block",
    "claim",
    "quote",
    "test",
    "project",
    "document",
    "picture",
    "photo",
    "question",
    "answer",
    "bid",
    "bet",
    "play",
    "case",
    "return",
    "sale",
    "issue",
    "shop",
    "contact",
    "address",
    "group",
    "transport",
    "model",
    "schedule",
    "survey",
    "film",
    "benefit",
    "contract",
    "repair",
    "finding",
    "award",
    "charge",
    "link",
    "trigger",
    "release",
    "access",
    "process",
    "support",
    "work",
];
const DETERMINERS: &[&str] = &[
    "a", "an", "the", "each", "every", "new", "their", "its", "his", "her", "my", "our", "your",
    "any", "all", "multiple", "existing", "of", "this", "that", "these", "one", "per", "many",
    "and", "or",
];
const SUBJECTS: &[&str] = &[
    "system",
    "app",
    "application",
    "it",
    "which",
    "that",
    "server",
    "service",
    "api",
    "to",
    "must",
    "shall",
    "should",
    "will",
    "can",
    "may",
    "user",
    "who",
    "not",
    "they",
    "backend",
    "google",
    "play",
    "microsoft",
    "edge",
    "use",
];

/// Whether at most `words_max` words lie between, without a new thought. A letter of a script
/// without spaces counts a third.
fn near(between: &str, words_max: usize) -> bool {
    let unspaced = between.chars().filter(|it| phrases::is_unspaced(*it)).count();
    let words = between.split_whitespace().count();
    words + unspaced / 3 <= words_max
}

static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b((?:[a-z][a-z0-9_-]* ){0,2}[a-z][a-z0-9_-]*) (?:is|are|was|were|be|been) (?:successfully |automatically )?",
        r"(created|stored|saved|persisted|recorded|submitted|updated|deleted|removed|archived|added|published|registered|emitted|cancelled|canceled)\b",
    ))
});
static SOCIAL: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:^[\W\d]*|[,/] ?(?:and |or )?|\b(?:can|could|may|to|users|and|or|i) )",
        r"(like|comment|follow|unfollow|upvote|downvote|vote|bookmark|favou?rite|react|donate)",
        r"(?:$|[,./;)]| (?:on|and|or|to|for|other|another|each|users?|posts?|people|content|it|them|their|players?|creators?|authors?|artists?|comments?|videos?|photos?|recipes?|articles?)\b)",
    ))
});
static MANAGED: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b((?:[a-z][a-z0-9_-]* )?[a-z][a-z0-9_-]*) (?:management|crud)\b"));
static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(creat(?:e|es|ing)|add(?:s|ing)?|submit(?:s|ting)?|publish(?:es)?|register(?:s)?|edit(?:s|ing)?",
        r"|updat(?:e|es|ing)|modif(?:y|ies)|delet(?:e|es|ing)|remov(?:e|es|ing)|manag(?:e|es|ing)",
        r"|stor(?:e|es|ing)|sav(?:e|es|ing)|persist(?:s|ing)?|record(?:s|ing)?|view(?:s|ing)?|list(?:s|ing)?|browse(?:s)?)",
        r"(?:(?:,|/| and| or) ?(?:and |or )?[a-z]+){0,4}?",
        r" (?:an? |the |new |all |their |his |her |its |my |our |your |each |every |multiple |existing |custom |any |own |one |or more )*",
        r"([a-z][a-z0-9_-]*(?: [a-z][a-z0-9_-]*){0,2})",
    ))
});

/// The noun phrase at the end of `phrase`: what follows the last word that cannot be in one.
fn last_noun(phrase: &str, at: usize) -> Option<(String, Range<usize>)> {
    const BREAKS: &[&str] = &[
        "when", "where", "if", "while", "once", "after", "given", "each", "every", "new", "one",
        "all", "any", "no", "two",
    ];
    let mut start = 0;
    let mut offset = 0;
    for word in phrase.split(' ') {
        offset += word.len() + 1;
        if STOPS.contains(&word) || BREAKS.contains(&word) {
            start = offset.min(phrase.len());
        }
    }
    head_noun(&phrase[start..], at + start)
}

/// The head of a noun phrase (its last word, with one before it) as a singular snake_case name.
pub(super) fn head_noun(phrase: &str, at: usize) -> Option<(String, Range<usize>)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut offset = 0;
    for word in phrase.split(' ') {
        if STOPS.contains(&word)
            || word.ends_with("ly")
            || word.ends_with("ing") && !words.is_empty()
        {
            break;
        }
        words.push((offset, word));
        offset += word.len() + 1;
    }
    let (last_at, last) = *words.last()?;
    let head = names::singular(&last.replace('-', "_"));
    if head.len() < 3
        || ABSTRACT.contains(&head.as_str())
        || !last.bytes().all(|it| it.is_ascii_alphabetic() || it == b'_' || it == b'-')
    {
        return None;
    }
    // "personalized learning path": one modifier at most belongs to the name, and no adjective.
    let (start, name) = match words.len() {
        1 => (last_at, head),
        n => {
            let (before_at, before) = words[n - 2];
            let adjective = ADJECTIVE_ENDS.iter().any(|it| before.ends_with(it))
                || ADJECTIVES.contains(&before);
            if adjective {
                (last_at, head)
            } else {
                (before_at, format!("{}_{head}", before.replace('-', "_")))
            }
        }
    };
    Some((name, at + start..at + last_at + last.len()))
}

const ADJECTIVE_ENDS: &[&str] = &["ed", "able", "ible", "ful", "ive", "al", "ous", "ic", "less"];
const ADJECTIVES: &[&str] = &[
    "new",
    "own",
    "multiple",
    "simple",
    "full",
    "basic",
    "complete",
    "single",
    "public",
    "private",
    "active",
    "current",
    "existing",
    "different",
    "unique",
    "valid",
    "other",
    "more",
    "first",
    "daily",
    "weekly",
    "monthly",
    "raw",
    "open",
    "free",
    "main",
    "clear",
    "real",
    "past",
    "live",
];

/// Words that end a noun phrase.
const STOPS: &[&str] = &[
    "accesses",
    "both",
    "either",
    "the",
    "a",
    "an",
    "and",
    "or",
    "to",
    "for",
    "with",
    "from",
    "in",
    "on",
    "at",
    "by",
    "of",
    "as",
    "that",
    "which",
    "when",
    "where",
    "if",
    "is",
    "are",
    "be",
    "via",
    "using",
    "into",
    "through",
    "their",
    "its",
    "his",
    "her",
    "this",
    "these",
    "those",
    "based",
    "after",
    "before",
    "within",
    "without",
    "so",
    "it",
    "them",
    "they",
    "any",
    "all",
    "per",
    "under",
    "over",
    "between",
    "during",
    "like",
    "such",
    "including",
    "has",
    "have",
    "can",
    "should",
    "must",
    "will",
    "shall",
    "only",
    "then",
    "than",
    "up",
    "out",
    "not",
    "no",
    "also",
    "across",
    "about",
    "against",
    "directly",
    "upon",
];

/// Nouns that are parts of a screen, of the text or of the world, and no rows.
const ABSTRACT: &[&str] = &[
    "button",
    "page",
    "screen",
    "view",
    "list",
    "form",
    "field",
    "filter",
    "option",
    "time",
    "data",
    "information",
    "info",
    "system",
    "feature",
    "ability",
    "functionality",
    "value",
    "result",
    "status",
    "state",
    "error",
    "text",
    "link",
    "number",
    "detail",
    "content",
    "change",
    "access",
    "support",
    "dependency",
    "code",
    "test",
    "component",
    "file",
    "function",
    "method",
    "class",
    "api",
    "endpoint",
    "table",
    "column",
    "row",
    "record",
    "database",
    "schema",
    "migration",
    "index",
    "key",
    "section",
    "item",
    "thing",
    "way",
    "step",
    "process",
    "flow",
    "logic",
    "validation",
    "handling",
    "date",
    "name",
    "title",
    "description",
    "email",
    "password",
    "password_hash",
    "token",
    "session",
    "cookie",
    "header",
    "url",
    "icon",
    "color",
    "image",
    "logo",
    "animation",
    "modal",
    "dialog",
    "dropdown",
    "menu",
    "tab",
    "sidebar",
    "navigation",
    "dashboard",
    "chart",
    "graph",
    "map",
    "layout",
    "theme",
    "mode",
    "setting",
    "preference",
    "configuration",
    "parameter",
    "property",
    "attribute",
    "type",
    "format",
    "version",
    "environment",
    "variable",
    "script",
    "command",
    "log",
    "message",
    "response",
    "request",
    "query",
    "input",
    "output",
    "context",
    "position",
    "size",
    "count",
    "total",
    "amount",
    "summary",
    "overview",
    "progress",
    "history",
    "experience",
    "interface",
    "ui",
    "user",
    "account",
    "permission",
    "role",
    "operation",
    "action",
    "event",
    "entry",
    "element",
    "node",
    "line",
    "word",
    "character",
    "space",
    "place",
    "part",
    "side",
    "end",
    "start",
    "top",
    "user_experience",
    "requirement",
    "documentation",
    "document",
    "readme",
    "repo",
    "branch",
    "pr",
    "issue",
    "commit",
    "package",
    "module",
    "library",
    "tool",
    "service",
    "server",
    "client",
    "app",
    "application",
    "website",
    "site",
    "platform",
    "product",
    "project",
    "team",
    "people",
    "person",
    "customer",
    "image_url",
    "timestamp",
    "id",
    "metadata",
    "cache",
    "queue",
    "job",
    "worker",
    "credential",
    "privacy",
    "security",
    "performance",
    "quality",
    "cost",
    "price",
    "limit",
    "rate",
    "latency",
    "load",
    "traffic",
    "usage",
    "volume",
    "capability",
    "integration",
    "connection",
    "consistency",
    "need",
    "problem",
    "solution",
    "idea",
    "goal",
    "objective",
    "metric",
    "default",
    "copy",
    "need",
    "screenshot",
    "prompt",
    "badge",
    "toast",
    "tooltip",
    "notification",
    "alert",
    "banner",
    "card",
    "everything",
    "anything",
    "something",
    "nothing",
    "same",
    "following",
    "above",
    "below",
    "focu",
    "more",
    "most",
    "few",
    "many",
    "lot",
    "some",
    "other",
    "another",
    "both",
    "either",
    "none",
    "one",
    "set",
    "group",
    "range",
    "scope",
    "level",
    "order",
    "sort",
    "search",
    "selection",
    "choice",
];

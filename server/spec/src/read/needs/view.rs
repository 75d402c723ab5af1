//! A passage with its words looked up, and the questions that readers ask of it.

use super::vendors::{Trade, VENDORS, Vendor};
use super::words::{Topic, WORDS, Word};
use crate::facts::{Fact, NeedFact, Sighting};
use crate::read::ChunkCx;
use crate::read::clauses::{Passage, PassageKind};
use crate::read::fold::Folded;
use crate::read::lexicon::Hit;
use crate::scope::{Role, Scope};
use model::{Confidence, Modality, NeedKind};
use std::ops::Range;

/// A set of topics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Topics(u128);

impl Topics {
    pub(super) fn of(topics: &[Topic]) -> Self {
        topics.iter().fold(Self::default(), |all, it| all.with(*it))
    }

    pub(super) fn has(self, topic: Topic) -> bool {
        self.0 & 1 << topic as u32 != 0
    }

    pub(super) fn any(self, topics: &[Topic]) -> bool {
        self.0 & Self::of(topics).0 != 0
    }

    fn with(self, topic: Topic) -> Self {
        Self(self.0 | 1 << topic as u32)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn all<'a>(hits: impl IntoIterator<Item = &'a Hit<Word>>) -> Self {
        hits.into_iter().fold(Self::default(), |all, it| match it.meaning {
            Word::Topic(topic) => all.with(topic),
            Word::Every(_) => all.with(Topic::Every),
            Word::Method(..) => all.with(Topic::SignIn),
            Word::Vendor(_) => all,
        })
    }
}

/// A passage, its words, and what is said around it.
pub(super) struct View<'a> {
    pub(super) cx: &'a ChunkCx<'a>,
    pub(super) passage: &'a Passage,
    pub(super) hits: Vec<Hit<Word>>,
    pub(super) scope: &'a Scope,
    /// What the nearest two headings, the leads and the header row are about.
    pub(super) context: Topics,
    /// What the whole passage is about.
    pub(super) topics: Topics,
    /// Numbers that no other passage of the chunk uses.
    number: u32,
}

/// A service in a passage.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) vendor: &'static Vendor,
    pub(super) range: Range<usize>,
    /// Services with the same number are alternatives.
    pub(super) either: Option<u32>,
}

impl<'a> View<'a> {
    /// Looks up all passages of a chunk.
    pub(super) fn all(cx: &'a ChunkCx<'a>, passages: &'a [Passage]) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::with_capacity(passages.len());
        let mut under = (None::<&Scope>, Topics::default());
        for (number, passage) in (0u32..).zip(passages) {
            let scope = &cx.blocks[passage.block].scope;
            if under.0 != Some(scope) {
                under = (Some(scope), titles(scope));
            }
            let led = passage.lead.and_then(|it| out.get(it));
            let led = led.map_or_else(Topics::default, |it| it.topics.and(it.context));
            let hits = WORDS.find(&passage.prose.text);
            out.push(Self {
                cx,
                passage,
                topics: Topics::all(&hits),
                hits,
                scope,
                context: under.1.and(led),
                number,
            });
        }
        out
    }

    pub(super) fn text(&self) -> &'a str {
        &self.passage.prose.text
    }

    /// The topics of the clause around `at`.
    pub(super) fn clause(&self, at: usize) -> Topics {
        self.within(&self.passage.prose.clause(at))
    }

    /// The topics of the sentence, or table row, around `at`.
    pub(super) fn sentence(&self, at: usize) -> Topics {
        self.within(&self.passage.prose.sentence(at))
    }

    pub(super) fn within(&self, range: &Range<usize>) -> Topics {
        Topics::all(self.hits_in(range))
    }

    /// Whether one of `topics` stands at most `bytes` from `range` in its sentence.
    pub(super) fn near(&self, range: &Range<usize>, topics: &[Topic], bytes: usize) -> bool {
        let sentence = self.passage.prose.sentence(range.start);
        let from = range.start.saturating_sub(bytes).max(sentence.start);
        let to = (range.end + bytes).min(sentence.end);
        let hits = self.hits_in(&(from..to));
        hits.filter(|it| it.range != *range).any(|it| match it.meaning {
            Word::Topic(topic) => topics.contains(&topic),
            Word::Every(_) => topics.contains(&Topic::Every),
            Word::Method(..) => topics.contains(&Topic::SignIn),
            Word::Vendor(_) => false,
        })
    }

    /// What stands around `range` in its sentence, a line or so.
    pub(super) fn around(&self, range: &Range<usize>) -> &'a str {
        const BYTES: usize = 120;
        let text = self.text();
        let sentence = self.passage.prose.sentence(range.start);
        let from = text.floor_char_boundary(range.start.saturating_sub(BYTES));
        let to = text.ceil_char_boundary((range.end + BYTES).min(text.len()));
        &text[from.max(sentence.start)..to.min(sentence.end).max(range.end)]
    }

    pub(super) fn hits_in<'v>(
        &'v self,
        range: &Range<usize>,
    ) -> impl Iterator<Item = &'v Hit<Word>> + use<'v, 'a> {
        let range = range.clone();
        let first = self.hits.partition_point(|it| it.range.start < range.start);
        self.hits[first..].iter().take_while(move |it| it.range.start < range.end)
    }

    /// The places of one topic.
    pub(super) fn places(&self, topic: Topic) -> impl Iterator<Item = &Range<usize>> {
        self.hits.iter().filter(move |it| it.meaning == Word::Topic(topic)).map(|it| &it.range)
    }

    /// A passage that is hardly more than a list entry or a heading.
    pub(super) fn is_short(&self) -> bool {
        self.text().len() <= 70
    }

    pub(super) fn is_heading(&self) -> bool {
        self.passage.kind == PassageKind::Heading
    }

    pub(super) fn is_row(&self) -> bool {
        self.passage.kind == PassageKind::Row
    }

    /// The reservation in force at `at`, of heading, lead and sentence together.
    pub(super) fn modality(&self, at: usize) -> Modality {
        let said = self.passage.prose.modality(at);
        self.scope.modality().max(self.passage.inherited).max(said)
    }

    /// The services that do `trade`, with their alternatives.
    pub(super) fn vendors(&self, trade: Trade) -> Vec<Seen> {
        let mut out: Vec<Seen> = Vec::new();
        for hit in &self.hits {
            let Word::Vendor(index) = hit.meaning else { continue };
            let vendor = &VENDORS[usize::from(index)];
            if vendor.does(trade) && !self.is_compared(&hit.range) && self.is_name(vendor, hit) {
                out.push(Seen { vendor, range: hit.range.clone(), either: None });
            }
        }
        self.join_alternatives(&mut out);
        out
    }

    /// Whether a word that may be a name is one: written large, and no part of an identifier.
    fn is_name(&self, vendor: &Vendor, hit: &Hit<Word>) -> bool {
        const WORDS: &[&str] = &[
            "line",
            "square",
            "render",
            "resend",
            "fly",
            "steam",
            "slack",
            "paddle",
            "railway",
            "replicate",
            "convex",
            "clerk",
            "ably",
            "apple",
            "cohere",
            "polar",
            "gemini",
        ];
        if !vendor.vague {
            return true;
        }
        // "Resend the invitation" begins with a verb.
        const VERBS: &[&str] =
            &["resend", "render", "replicate", "fly", "square", "line", "paddle"];
        const GOES_ON: &[&str] = &[
            "api",
            "sdk",
            "for",
            "to",
            "as",
            "is",
            "and",
            "or",
            "webhook",
            "webhooks",
            "integration",
            "email",
            "emails",
        ];
        let sentence = self.passage.prose.sentence(hit.range.start);
        let opens = !self.text()[sentence.start..hit.range.start].contains(char::is_alphanumeric);
        let rest = self.text()[hit.range.end..sentence.end].strip_prefix(' ').unwrap_or_default();
        let next = rest.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default();
        if opens
            && VERBS.contains(&&self.text()[hit.range.clone()])
            && !next.is_empty()
            && !GOES_ON.contains(&next)
        {
            return false;
        }
        // "R2.1", and "R2" that opens a line, number a requirement or risk.
        let is_numbered = hit.range.end < self.text().len()
            && self.text()[hit.range.end..].starts_with('.')
            && self.text()[hit.range.end + 1..].starts_with(|it: char| it.is_ascii_digit());
        if &self.text()[hit.range.clone()] == "r2" && (opens || is_numbered) {
            return false;
        }
        let written = self.cx.chunk.slice(self.passage.prose.span(&hit.range));
        let small = written.starts_with(|it: char| it.is_ascii_lowercase());
        let around = |it: Option<u8>| it.is_some_and(|it| matches!(it, b'-' | b'_' | b'/' | b'.'));
        let bytes = self.text().as_bytes();
        let before = hit.range.start.checked_sub(1).and_then(|it| bytes.get(it)).copied();
        let after = bytes.get(hit.range.end).copied();
        let followed = bytes.get(hit.range.end + 1).is_some_and(u8::is_ascii_alphanumeric);
        let inside = around(before) || (around(after) && followed);
        !(small && (inside || WORDS.contains(&written)))
    }

    /// Whether the name stands as a model only: "like Stripe", "Stripe-like".
    fn is_compared(&self, range: &Range<usize>) -> bool {
        const BEFORE: &[&str] = &[
            "like ", "à la ", "than ", "comme ", "como ", "wie ", "как ", "seperti ", "vs ",
            "vs. ", "versus ", "类似", "像",
        ];
        const AFTER: &[&str] = &[
            "-like",
            "-specific",
            "-style",
            "-inspired",
            " style",
            " clone",
            "のような",
            "처럼",
            "那样",
            "风格",
        ];
        let before = self.text()[..range.start].trim_end_matches(['"', '\'', '(']);
        let after = &self.text()[range.end..];
        BEFORE.iter().any(|it| before.ends_with(it)) || AFTER.iter().any(|it| after.starts_with(it))
    }

    fn join_alternatives(&self, seen: &mut [Seen]) {
        let mut start = 0;
        while start < seen.len() {
            let mut end = start + 1;
            let mut is_choice = false;
            while end < seen.len() {
                let between = self.text().get(seen[end - 1].range.end..seen[end].range.start);
                match between.and_then(joiner) {
                    Some(choice) => is_choice |= choice && !self.is_customers(&seen[end - 1..=end]),
                    None => break,
                }
                end += 1;
            }
            if is_choice {
                let number = self.number << 10 | u32::try_from(start).unwrap_or(0) & 1023;
                seen[start..end].iter_mut().for_each(|it| it.either = Some(number));
            }
            start = end;
        }
    }

    /// Whether people, not the builders, choose: "accept Stripe or PayPal", where one of both is a
    /// wallet that people know.
    fn is_customers(&self, seen: &[Seen]) -> bool {
        const WALLETS: &[&str] = &[
            "paypal",
            "apple-pay",
            "google-pay",
            "alipay",
            "wechat-pay",
            "kakao-pay",
            "naver-pay",
            "paypay",
            "line-pay",
            "m-pesa",
            "klarna",
            "gcash",
            "gopay",
            "yoomoney",
            "sbp",
            "bizum",
            "twint",
            "vipps",
        ];
        const PAYING: &[&str] = &[
            "accept",
            "pay",
            "paid",
            "checkout",
            "choose",
            "bezahl",
            "zahl",
            "pag",
            "оплат",
            "bayar",
            "支付",
            "付款",
            "支払",
            "決済",
            "결제",
        ];
        if !seen.iter().any(|it| WALLETS.contains(&it.vendor.name)) {
            return false;
        }
        let clause = seen.first().map(|it| self.passage.prose.clause(it.range.start));
        let clause = &self.text()[clause.unwrap_or_default()];
        PAYING.iter().any(|it| clause.contains(it))
    }

    /// Says that `range` shows a need.
    pub(super) fn need(
        &self,
        kind: NeedKind,
        name: &str,
        range: &Range<usize>,
        percent: u8,
    ) -> Fact {
        self.need_of(kind, name, range, percent, Vec::new(), None)
    }

    pub(super) fn need_of(
        &self,
        kind: NeedKind,
        name: &str,
        range: &Range<usize>,
        percent: u8,
        attributes: Vec<(&'static str, String)>,
        either: Option<u32>,
    ) -> Fact {
        let sighting = self.sighting(range, reader(kind), percent);
        Fact::Need(NeedFact { kind, name: name.to_owned(), attributes, either, sighting })
    }

    pub(super) fn sighting(
        &self,
        range: &Range<usize>,
        reader: &'static str,
        percent: u8,
    ) -> Sighting {
        Sighting {
            span: self.passage.prose.span(range),
            reader,
            confidence: Confidence::percent(self.weigh(percent, range.start)),
            modality: self.modality(range.start),
        }
    }

    /// Whether the sentence is a question, which decides nothing.
    fn asks(&self, at: usize) -> bool {
        let sentence = &self.text()[self.passage.prose.sentence(at)];
        let cells = sentence.split('|').map(str::trim_end);
        !self.is_heading() && cells.into_iter().any(|it| it.ends_with('?'))
    }

    /// Whether the section tells what is wrong today, or why.
    fn tells_what_is(&self) -> bool {
        const TITLES: &[&str] = &[
            "problem",
            "the problem",
            "problem statement",
            "problems",
            "pain points",
            "current state",
            "current situation",
            "status quo",
            "as-is",
            "background",
            "motivation",
            "why now",
            "problemstellung",
            "ausgangslage",
            "ausgangssituation",
            "ist-zustand",
            "hintergrund",
            "problématique",
            "problème",
            "constat",
            "situation actuelle",
            "problemática",
            "problema",
            "situación actual",
            "antecedentes",
            "situação atual",
            "проблема",
            "проблематика",
            "текущая ситуация",
            "предпосылки",
            "permasalahan",
            "masalah",
            "latar belakang",
            "背景",
            "痛点",
            "现状",
            "问题",
            "项目背景",
            "問題",
            "課題",
            "現状",
            "背景・課題",
            "배경",
            "문제",
            "문제 정의",
            "현황",
            "개발 배경",
            "프로젝트 배경",
            "배경 및 필요성",
        ];
        const TITLE_BYTES_MAX: usize = 80;
        if self.scope.title().len() > TITLE_BYTES_MAX {
            return false;
        }
        let title = self.scope.title().to_lowercase();
        let title = title.trim_start_matches(|it: char| !it.is_alphabetic()).trim_end();
        TITLES.contains(&title)
    }

    /// Sections about people, markets and questions tell what is, not what to build.
    fn weigh(&self, percent: u8, at: usize) -> u8 {
        const HINT: u8 = 45;
        let aside = matches!(
            self.scope.role(),
            Role::Personas | Role::Competitors | Role::Metrics | Role::OpenQuestions
        );
        let modelled = self.scope.is_under(Role::DataModel);
        let sketch = self.passage.kind == PassageKind::Sketch;
        if (aside && !modelled) || sketch || self.asks(at) || self.tells_what_is() {
            percent.min(HINT)
        } else {
            percent
        }
    }
}

/// Whether `between` only goes on with a list of names.
pub(super) fn joins(between: &str) -> bool {
    const AND: &[&str] = &[
        "and", "&", "+", "und", "et", "y", "e", "и", "dan", "和", "与", "及", "と", "및", "와",
        "과", ", and",
    ];
    joiner(between).is_some() || AND.contains(&between.trim_matches([' ', '*', '\n']))
}

/// What joins two names: `Some(true)` for a choice, `Some(false)` for a list.
fn joiner(between: &str) -> Option<bool> {
    const OR: &[&str] = &[
        "/",
        "or",
        "oder",
        "ou",
        "o",
        "или",
        "либо",
        "atau",
        "或",
        "或者",
        "または",
        "もしくは",
        "또는",
        "이나",
        "나",
        "and/or",
        "vs",
        "vs.",
        ", or",
        "、または",
        "bzw.",
    ];
    let between = between.trim_matches([' ', '(', ')', '\n']);
    match between {
        "," | "、" | "・" => Some(false),
        it if OR.contains(&it) => Some(true),
        it => it.strip_prefix(',').map(str::trim).filter(|it| OR.contains(it)).map(|_| true),
    }
}

/// The topics of the nearest two headings; the document's title says nothing about a section.
fn titles(scope: &Scope) -> Topics {
    let sections = scope.sections();
    let near = sections.iter().skip(1).rev().take(2);
    near.fold(Topics::default(), |all, it| {
        all.and(Topics::all(&WORDS.find(&Folded::new(&it.title).text)))
    })
}

fn reader(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Auth => "sign-in-words",
        NeedKind::Storage => "file-words",
        NeedKind::Function => "function-words",
        NeedKind::Schedule => "schedule-words",
        NeedKind::Secret => "secret-words",
        NeedKind::Payments => "payment-words",
        NeedKind::Realtime => "channel-words",
        NeedKind::Vector => "embedding-words",
        NeedKind::Gateway => "model-words",
        NeedKind::Deploy => "deploy-words",
    }
}

//! Services that show in names only: columns, enums and routes, in code and in field tables.

use super::vendors::{Trade, VENDORS, Vendor};
use crate::facts::{Cue, CueFact, Fact, NeedFact, Sighting};
use crate::pattern::compile_code;
use crate::read::ChunkCx;
use model::{Confidence, Modality, NeedKind, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// `stripe_customer_id`, `paddleSubscriptionId`.
static PAID: LazyLock<Regex> = LazyLock::new(|| {
    named(
        Trade::Pay,
        r"_?(?:customer|subscription|price|payment|invoice|account|product|session|charge|plan|order|transaction|checkout|intent)",
    )
});

/// `/webhooks/stripe`, `StripeWebhook`, `github webhook`.
static HOOKED: LazyLock<Regex> = LazyLock::new(|| {
    let names = names(&[Trade::Pay, Trade::Login, Trade::Data, Trade::Identity]);
    compile_code(&format!(r"(?i)\b(?:({names})[\s_/.-]?webhooks?\b|webhooks?[/_-]({names})\b)"))
});

/// The head of an enum or field that lists sign-in providers.
static SIGN_IN_LIST: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(r"(?i)\b(?:auth|login|oauth|identity|social)_?(?:provider|method)s?\b")
});

/// The head of an enum or field that lists model providers.
static MODEL_LIST: LazyLock<Regex> =
    LazyLock::new(|| compile_code(r"(?i)\b(?:llm|ai|model|embedding)_?providers?\b"));

/// Columns that only people who sign in have.
static CREDENTIAL: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(
        r"(?i)\b(?:password_?hash|hashed_?password|password_?digest|encrypted_?password|last_?login(?:_?at)?)\b|(?m)^\W*password\b(?:\W|$)",
    )
});

/// Columns, indexes and extensions that keep embeddings.
static VECTOR: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(
        r"(?i)\b(?:half)?vec(?:tor)?\(\d+\)|\bvector_(?:cosine|l2|ip)_ops\b|\bextension\b[^;\n]{0,30}\bvector\b|\bpgvector\b",
    )
});

/// `avatar_path`, `videoKey`: a file that is kept, not linked.
static KEPT: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(
        r"(?i)\b(avatar|profile_?(?:picture|photo|image)|image|photo|thumbnail|video|audio|document|attachment|file|receipt|resume|cv)s?_?(?:path|key|file_?name|object_?key)\b|\b(?:original_file_?name|mime_?type|file_?size(?:_bytes)?)\b",
    )
});

pub(super) fn read(cx: &ChunkCx<'_>, out: &mut Vec<Fact>) {
    for (block, scoped) in cx.blocks() {
        let is_code = matches!(block.kind, BlockKind::Fence { .. });
        let is_list = matches!(block.kind, BlockKind::Table { .. } | BlockKind::Item { .. });
        if !is_code && !is_list {
            continue;
        }
        let source = cx.chunk.slice(block.text);
        let place =
            Code { source, start: block.text.range().start, modality: scoped.scope.modality() };
        if is_code {
            place.lists(&SIGN_IN_LIST, Trade::Login, NeedKind::Auth, out);
            place.lists(&MODEL_LIST, Trade::Models, NeedKind::Gateway, out);
        }
        if is_code {
            place.vectors(out);
        }
        place.hooks(out);
        place.columns(out);
    }
}

struct Code<'a> {
    source: &'a str,
    start: usize,
    modality: Modality,
}

impl Code<'_> {
    /// The services listed behind a head, up to the end of its braces or paragraph.
    fn lists(&self, head: &Regex, trade: Trade, kind: NeedKind, out: &mut Vec<Fact>) {
        const LINES_MAX: usize = 16;
        static NAME: LazyLock<Regex> = LazyLock::new(|| compile_code(r"[A-Za-z]+"));
        for found in head.find_iter(self.source).take(8) {
            let rest = &self.source[found.end()..];
            let end = rest.find("\n\n").into_iter().chain(rest.find('}')).min();
            let body = &rest[..end.unwrap_or(rest.len())];
            let bytes = body.split_inclusive('\n').take(LINES_MAX).map(str::len).sum();
            let body = &body[..bytes];
            for word in NAME.find_iter(body) {
                let name = word.as_str().to_ascii_lowercase();
                if let Some(vendor) = VENDORS.iter().find(|it| it.does(trade) && it.name == name) {
                    let at = found.end() + word.start()..found.end() + word.end();
                    out.push(self.need(kind, vendor.name, at, 75));
                }
            }
        }
    }

    fn vectors(&self, out: &mut Vec<Fact>) {
        for found in VECTOR.find_iter(self.source) {
            out.push(self.need(NeedKind::Vector, "pgvector", found.range(), 78));
        }
    }

    fn hooks(&self, out: &mut Vec<Fact>) {
        for found in HOOKED.captures_iter(self.source) {
            let Some(name) = found.get(1).or_else(|| found.get(2)) else { continue };
            let Some(vendor) = by_phrase(name.as_str()) else { continue };
            let name = format!("webhook:{}", vendor.name);
            let range = found.get(0).map_or(0..0, |it| it.range());
            out.push(self.need(NeedKind::Function, &name, range, 72));
        }
    }

    fn columns(&self, out: &mut Vec<Fact>) {
        for found in PAID.captures_iter(self.source) {
            let Some(name) = found.get(1) else { continue };
            if let Some(vendor) = by_phrase(name.as_str()) {
                out.push(self.need(NeedKind::Payments, vendor.name, name.range(), 70));
                out.push(self.need(NeedKind::Secret, vendor.env, name.range(), 52));
            }
        }
        for found in CREDENTIAL.find_iter(self.source).take(4) {
            let sighting = self.sighting(found.range(), 62);
            out.push(Fact::Cue(CueFact { cue: Cue::SignIn, sighting }));
            if found.as_str().to_ascii_lowercase().contains("password") {
                // A link or a room may have a password; one beside a mail address is a person's.
                let bare = self.source.trim().len() <= found.len() + 4;
                let percent = if bare || beside_a_name(self.source) { 50 } else { 45 };
                out.push(self.need(NeedKind::Auth, "email-password", found.range(), percent));
            }
        }
        for found in KEPT.captures_iter(self.source) {
            let range = found.get(0).map_or(0..0, |it| it.range());
            let (name, percent) = match found.get(1).map(|it| it.as_str().to_ascii_lowercase()) {
                None => ("uploads", 52),
                Some(it) if it.starts_with("avatar") || it.starts_with("profile") => {
                    ("avatars", 62)
                }
                Some(it) if it == "video" => ("videos", 62),
                Some(it) if it == "audio" => ("audio", 62),
                Some(it) if it == "image" || it == "photo" => ("images", 62),
                Some(it) if it == "thumbnail" => ("images", 45),
                Some(it) if it == "file" => ("uploads", 52),
                Some(_) => ("documents", 62),
            };
            out.push(self.need(NeedKind::Storage, name, range, percent));
        }
    }

    fn need(&self, kind: NeedKind, name: &str, range: Range<usize>, percent: u8) -> Fact {
        let sighting = self.sighting(range, percent);
        let name = name.to_owned();
        Fact::Need(NeedFact { kind, name, attributes: Vec::new(), either: None, sighting })
    }

    fn sighting(&self, range: Range<usize>, percent: u8) -> Sighting {
        Sighting {
            span: Span::new(range.start, range.end).shift(self.start),
            reader: "names-in-code",
            confidence: Confidence::percent(percent),
            modality: self.modality,
        }
    }
}

/// Whether a list of fields has what people sign in with beside a password.
fn beside_a_name(source: &str) -> bool {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| compile_code(r"(?i)\b(?:e_?mail|user_?name|login)\b"));
    NAME.is_match(source)
}

fn names(trades: &[Trade]) -> String {
    let mut names: Vec<&str> = VENDORS
        .iter()
        .filter(|it| !it.env.is_empty() && trades.iter().any(|trade| it.does(*trade)))
        .map(|it| it.name)
        .filter(|it| it.len() > 2)
        .collect();
    names.dedup();
    names.join("|").replace('-', "[_-]?")
}

fn named(trade: Trade, rest: &str) -> Regex {
    compile_code(&format!(r"(?i)\b({}){rest}(?:_?[a-z]+)*_?ids?\b", names(&[trade])))
}

fn by_phrase(written: &str) -> Option<&'static Vendor> {
    let written = written.to_ascii_lowercase().replace('_', "-");
    let bare = |it: &str| it.replace('-', "");
    VENDORS.iter().find(|it| !it.name.is_empty() && bare(it.name) == bare(&written))
}

//! Buckets: files that the product keeps.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use crate::pattern::compile;
use model::{Modality, NeedKind};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

const KINDS: &[(Topic, &str)] = &[
    (Topic::Avatars, "avatars"),
    (Topic::Receipts, "receipts"),
    (Topic::Images, "images"),
    (Topic::Pictured, "images"),
    (Topic::Videos, "videos"),
    (Topic::Audio, "audio"),
    (Topic::Documents, "documents"),
    (Topic::AnyFile, "uploads"),
];

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for hit in &view.hits {
        match hit.meaning {
            Word::Topic(Topic::Upload) => uploaded(view, &hit.range, out),
            Word::Topic(Topic::Bucket) => kept(view, &hit.range, 75, out),
            Word::Topic(Topic::Avatars) if !is_uploaded(view, hit.range.start) => {
                let edits = view.near(&hit.range, &[Topic::Edit], 40);
                let percent = if edits { 62 } else { 50 };
                out.push(view.need(NeedKind::Storage, "avatars", &hit.range, percent));
            }
            Word::Topic(Topic::Pictured) => {
                // "at most 5 MB each" is a limit on what is sent in.
                let attributes = limits(view, hit.range.start);
                let percent =
                    if attributes.iter().any(|(key, _)| *key == "size") { 75 } else { 50 };
                let fact = view.need_of(
                    NeedKind::Storage,
                    "images",
                    &hit.range,
                    percent,
                    attributes,
                    None,
                );
                out.push(fact);
            }
            _ => {}
        }
    }
    if let Some(place) = pulled_apart(view) {
        uploaded(view, &place, out);
    }
    for seen in view.vendors(Trade::Files) {
        if seen.vendor.vague
            && !view.sentence(seen.range.start).any(&[Topic::Keep, Topic::Bucket, Topic::Upload])
        {
            continue;
        }
        let about = view.sentence(seen.range.start).any(&[
            Topic::Upload,
            Topic::Keep,
            Topic::Bucket,
            Topic::Images,
            Topic::Videos,
            Topic::Documents,
            Topic::AnyFile,
        ]) || view.context.any(&[Topic::Keep, Topic::Bucket, Topic::Upload]);
        kept(view, &seen.range, if about { 85 } else { 65 }, out);
    }
}

/// "Nutzer laden ein Foto hoch": the verb of uploading in two parts.
fn pulled_apart(view: &View<'_>) -> Option<Range<usize>> {
    static HOCH: LazyLock<Regex> =
        LazyLock::new(|| compile(r"\b(?:lade|lädt|laden|ladet)\b[^.;|]{1,80}? (hoch)\b"));
    HOCH.captures(view.text()).and_then(|it| it.get(1)).map(|it| it.range())
}

fn is_uploaded(view: &View<'_>, at: usize) -> bool {
    view.clause(at).any(&[Topic::Upload, Topic::Bucket])
}

/// "Users upload a photo": the nearest kind of file in the clause.
fn uploaded(view: &View<'_>, upload: &Range<usize>, out: &mut Vec<Fact>) {
    const REACH_BYTES: usize = 60;
    let clause = view.passage.prose.clause(upload.start);
    let all = view.within(&clause);
    // Files that are read and thrown away are no bucket.
    let is_data = all.any(&[Topic::DataFile, Topic::Import]);
    let is_local = all.has(Topic::Local) && !all.has(Topic::Server);
    let mut found = kinds(view, &clause, upload, REACH_BYTES);
    // "Add photos" is one phrase with what it is about.
    const PICTURES: &[&str] = &[
        "photo",
        "foto",
        "picture",
        "image",
        "bild",
        "画像",
        "写真",
        "사진",
        "이미지",
        "图片",
        "照片",
    ];
    let said = &view.text()[upload.clone()];
    if PICTURES.iter().any(|it| said.contains(it))
        && !found.iter().any(|(name, _)| *name == "images")
    {
        found.push(("images", upload.clone()));
    }
    if found.is_empty() && view.is_short() {
        found = kinds(view, &(0..view.text().len()), upload, REACH_BYTES);
    }
    let named = found.iter().any(|(name, _)| *name != "uploads");
    for (name, range) in found {
        let percent = match () {
            () if is_data || is_local => 40,
            () if name == "uploads" && named => continue,
            () if name == "uploads" => 65,
            () if all.has(Topic::Parse) => 55,
            () => 80,
        };
        let attributes = limits(view, upload.start);
        let mut fact = view.need_of(NeedKind::Storage, name, &range, percent, attributes, None);
        // What is said not to be kept is no bucket, however it comes in.
        if all.has(Topic::Memory)
            && let Fact::Need(need) = &mut fact
        {
            need.sighting.modality = need.sighting.modality.max(Modality::Excluded);
        }
        out.push(fact);
    }
}

/// "Stored in an S3 bucket": all kinds of file in the sentence, else the generic one.
fn kept(view: &View<'_>, place: &Range<usize>, percent: u8, out: &mut Vec<Fact>) {
    let sentence = view.passage.prose.sentence(place.start);
    let percent = if view.within(&sentence).has(Topic::DataFile) { 40 } else { percent };
    let found = kinds(view, &sentence, place, 80);
    let named: Vec<_> = found.into_iter().filter(|(name, _)| *name != "uploads").collect();
    let attributes = limits(view, place.start);
    if named.is_empty() {
        let fact =
            view.need_of(NeedKind::Storage, "uploads", place, percent.min(70), attributes, None);
        out.push(fact);
        return;
    }
    for (name, range) in named {
        let attributes = attributes.clone();
        out.push(view.need_of(NeedKind::Storage, name, &range, percent, attributes, None));
    }
}

/// The kinds of file named in `range` at most `bytes` from `place`, each once.
fn kinds(
    view: &View<'_>,
    range: &Range<usize>,
    place: &Range<usize>,
    bytes: usize,
) -> Vec<(&'static str, Range<usize>)> {
    let mut out: Vec<(&'static str, Range<usize>)> = Vec::new();
    for hit in view.hits_in(range) {
        let Word::Topic(topic) = hit.meaning else { continue };
        let Some((_, name)) = KINDS.iter().find(|(it, _)| *it == topic) else { continue };
        let apart =
            hit.range.start.saturating_sub(place.end) + place.start.saturating_sub(hit.range.end);
        if apart <= bytes && !out.iter().any(|(it, _)| it == name) {
            out.push((name, hit.range.clone()));
        }
    }
    out
}

/// Size, types and visibility, where the sentence gives them.
fn limits(view: &View<'_>, at: usize) -> Vec<(&'static str, String)> {
    static SIZE: LazyLock<Regex> =
        LazyLock::new(|| compile(r"\d+(?:[.,]\d+)?\s?(?:kb|mb|gb|mo|go|мб|кб|гб|兆)\b"));
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:jpe?g|png|webp|gif|svg|heic|avif|mp4|mov|webm|mp3|wav|m4a|ogg|pdf|docx?|pptx?|zip)\b",
        )
    });
    let text = &view.text()[view.passage.prose.sentence(at)];
    let mut out = Vec::new();
    if let Some(size) = SIZE.find(text) {
        out.push(("size", size.as_str().replace(char::is_whitespace, "")));
    }
    let mut types: Vec<&str> = TYPE.find_iter(text).map(|it| it.as_str()).collect();
    types.dedup();
    if !types.is_empty() {
        out.push(("types", types.join(" ")));
    }
    const VISIBLE: &[(&str, &str)] = &[
        ("private", "private"),
        ("signed url", "private"),
        ("presigned", "private"),
        ("pre-signed", "private"),
        ("privat", "private"),
        ("приватн", "private"),
        ("私有", "private"),
        ("非公開", "private"),
        ("비공개", "private"),
        ("public", "public"),
        ("öffentlich", "public"),
        ("públic", "public"),
        ("публичн", "public"),
        ("公开", "public"),
        ("公開", "public"),
        ("공개", "public"),
    ];
    if let Some((_, visibility)) = VISIBLE.iter().find(|(word, _)| text.contains(word)) {
        out.push(("visibility", (*visibility).to_owned()));
    }
    out
}

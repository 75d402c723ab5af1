//! Endpoints that a spec lists: `POST /api/orders/{id}/items` shows resources and their nesting.

use super::Reading;
use super::names;
use crate::facts::{Deed, EntityFact, Fact, Standing, Worth};
use crate::pattern::compile_code;
use model::Span;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::{Block, BlockKind};

/// Blocks longer than this are logs, not lists of endpoints.
const BLOCK_BYTES_MAX: usize = 64 * 1024;

static ENDPOINT: LazyLock<Regex> = LazyLock::new(|| {
    compile_code(
        r"\b(GET|POST|PUT|PATCH|DELETE)\b[`*\s|:\-]{1,8}(?:https?://[\w.:-]+)?(/[\w\-./:{}<>\[\]$]*)",
    )
});

pub(super) fn read(rd: &mut Reading<'_, '_>, block: &Block) {
    let place = match block.kind {
        BlockKind::Comment | BlockKind::Break | BlockKind::FrontMatter => return,
        // An item's span holds the items below it, which are read on their own.
        BlockKind::Item { .. } => block.text,
        _ => block.span,
    };
    let text = rd.slice(place);
    if text.len() > BLOCK_BYTES_MAX || !text.contains('/') {
        return;
    }
    let offset = place.range().start;
    for found in ENDPOINT.captures_iter(text) {
        let (method, path) = (&found[1], found.get(2).expect("the pattern has a path"));
        endpoint(rd, method, path.as_str(), offset + path.start());
    }
}

fn endpoint(rd: &mut Reading<'_, '_>, method: &str, path: &str, at: usize) {
    let resources = resources(path, at);
    let ends_in_parameter = path.trim_end_matches('/').ends_with(['}', '>', ']'])
        || path.rsplit('/').next().is_some_and(|it| it.starts_with([':', '$']));
    let Some((name, span)) = resources.last() else { return };
    let deed = match method {
        "GET" => Deed::Read,
        "POST" if !ends_in_parameter => Deed::Create,
        "DELETE" => Deed::Delete,
        _ => Deed::Update,
    };
    // `GET /orders/{id}/summary` ends in a view, not in a resource.
    let last_segment = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_last = ends_in_parameter || names::snake(last_segment) == names::snake(rd.slice(*span));
    if is_last {
        let sighting = rd.sighting(*span, "api-endpoint", 40);
        let label = rd.slice(*span).to_owned();
        rd.out.push(Fact::Entity(EntityFact {
            label,
            name: name.clone(),
            deed,
            standing: Standing::Plain,
            worth: Worth::Asks,
            // Every endpoint is said by itself.
            passage: at.try_into().unwrap_or(u32::MAX),
            has_part: false,
            in_title: false,
            is_plural: false,
            sighting,
        }));
    }
    for pair in resources.windows(2) {
        let [(parent, _), (child, span)] = pair else { continue };
        rd.relation(child, None, parent, None, *span, "api-path", 70);
    }
}

/// The collections that a path goes through, with their places.
fn resources(path: &str, at: usize) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    let mut offset = at;
    for segment in path.split('/') {
        let is_parameter = segment.starts_with(['{', ':', '<', '[', '$']);
        let plain =
            segment.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
        let name = names::snake(segment);
        let is_version = segment.len() <= 3 && segment.starts_with('v');
        // A collection is a plural; singular segments are verbs and views.
        let is_plural = names::plural(&name) == name && names::singular(&name) != name;
        if !is_parameter
            && plain
            && is_plural
            && !is_version
            && !NO_RESOURCE.contains(&name.as_str())
        {
            out.push((name, Span::new(offset, offset + segment.len())));
        }
        offset += segment.len() + 1;
    }
    out
}

const NO_RESOURCE: &[&str] = &[
    "stats",
    "statistics",
    "analytics",
    "settings",
    "webhooks",
    "uploads",
    "docs",
    "metrics",
    "status",
    "credentials",
    "sessions",
    "details",
    "preferences",
    "permissions",
    "exports",
    "imports",
    "options",
    "suggestions",
    "recommendations",
    "results",
    "types",
    "enums",
    "functions",
    "keys",
    "tokens",
    "roles",
    "tags",
    "search_results",
    "events",
    "files",
    "images",
    "logs",
    "reports",
    "is",
    "us",
    "assets",
    "statics",
    "process",
    "access",
    "users_me",
    "news",
];

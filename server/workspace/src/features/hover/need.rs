//! The card of a need that is no table: what it is, what its vendor asks for, where it was read.

use super::vendors::{self, Vendor};
use super::{evidence_list, schedule};
use crate::snapshot::SpecView;
use model::{Need, NeedKind, Timestamp};

pub(super) fn need_card(view: &SpecView, need: &Need, now: Timestamp) -> String {
    let what = kind_words(need.kind);
    let mut out =
        format!("**{}** {what}, {}, {}\n\n", need.name, need.modality.word(), need.confidence);
    match need.kind {
        NeedKind::Schedule => out += &schedule::schedule_lines(need, now),
        NeedKind::Storage => out += &storage_lines(need),
        _ => {}
    }
    if let Some(other) = need.attribute("instead_of") {
        out += &format!("Either this or {other}: the spec has to choose.\n\n");
    }
    if let Some(vendor) = vendors::of(need) {
        out += &vendor_lines(view, need, vendor);
    } else if let Some(env) = need.attribute("env") {
        out += &format!("Environment: `{env}`\n\n");
    }
    out + &evidence_list(view, &need.evidence)
}

/// What and where, without what the vendor asks for.
pub(in crate::features) fn need_summary(view: &SpecView, need: &Need) -> String {
    format!("{}\n\n{}", title(need), evidence_list(view, &need.evidence))
}

/// `**stripe** payments, in scope, 93%`.
pub(super) fn title(need: &Need) -> String {
    let (what, modality) = (kind_words(need.kind), need.modality.word());
    format!("**{}** {what}, {modality}, {}", need.name, need.confidence)
}

pub(in crate::features) fn kind_words(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Auth => "sign-in",
        NeedKind::Storage => "bucket",
        NeedKind::Function => "function",
        NeedKind::Schedule => "schedule",
        NeedKind::Secret => "secret",
        NeedKind::Payments => "payments",
        NeedKind::Realtime => "realtime channel",
        NeedKind::Vector => "vector search",
        NeedKind::Gateway => "model gateway",
        NeedKind::Deploy => "deploy target",
    }
}

fn storage_lines(need: &Need) -> String {
    let line = |key: &'static str, what: &str| {
        let value = need.attribute(key).unwrap_or("not given");
        format!("| {what} | {value} |\n")
    };
    format!(
        "| bucket | |\n|---|---|\n{}{}{}\n",
        line("size", "largest file"),
        line("types", "types"),
        line("visibility", "visible to")
    )
}

fn vendor_lines(view: &SpecView, need: &Need, vendor: &Vendor) -> String {
    let mut out = String::new();
    let list =
        |names: &[&str]| names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    if !vendor.secrets.is_empty() {
        out += &format!("- Secrets: {}\n", list(vendor.secrets));
    }
    if !vendor.public.is_empty() {
        out += &format!("- Public settings: {}\n", list(vendor.public));
    }
    if let Some(signature) = vendor.webhook.filter(|_| need.kind == NeedKind::Payments) {
        let functions = view.analysis.detection.needs_of(NeedKind::Function);
        let name = format!("webhook:{}", need.name);
        let said = functions.filter(|it| it.name == name).count() > 0;
        let said = if said { "the spec asks for it" } else { "the spec does not mention it" };
        out += &format!("- Webhook: {signature}; {said}\n");
    }
    if let Some(callback) = vendor.callback.filter(|_| need.kind == NeedKind::Auth) {
        out += &format!("- Callback: {callback}\n");
    }
    if out.is_empty() { out } else { format!("Needs\n{out}\n") }
}

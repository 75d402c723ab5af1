//! What `forge.yaml` declares, and what of it is applied, as the semantic layer tells it.

use super::{CommandCx, CommandError, provisioning, store};
use ::context::backend::{Resource, Section};
use forge::resources::{Bucket, Function, PaymentMode, Resources, Runtime, Schedule};
use forge::resources::{Target, Trigger, Visibility};
use forge::{read, schedule};
use model::Timestamp;
use std::collections::BTreeMap;

/// Everything that the file of the workspace declares; nothing where it cannot be read, which its own
/// findings tell.
pub(super) fn resources(cx: &CommandCx<'_>) -> Vec<Resource> {
    let Ok(root) = store::root(cx) else { return Vec::new() };
    let file = store::below(root, forge::FILE);
    let Ok(text) = crate::discover::read_text(cx.system, &file) else { return Vec::new() };
    listed(&read(&text.text).resources, cx.system.now())
}

/// What is in force, as it was declared when it was taken into force, whatever the file says since.
pub(super) fn applied(cx: &CommandCx<'_>) -> Result<Vec<Resource>, CommandError> {
    let records = provisioning::applied(cx)?;
    let entries = records.iter().filter_map(|(name, it)| Some((&**name, it.entry.as_deref()?)));
    let mut out = listed(&forge::states::of_entries(entries), cx.system.now());
    // Of what an older version took into force only the name is known.
    let named = records.keys().filter_map(|it| of_key(it));
    for (section, name) in named.collect::<Vec<_>>() {
        if !out.iter().any(|it| it.section == section && it.name == name) {
            out.push(Resource { section, name: name.to_owned(), detail: String::new() });
        }
    }
    Ok(out)
}

/// The hashes of what the file of the workspace declares, by the names that the catalog uses.
pub(super) fn hashes(cx: &CommandCx<'_>) -> BTreeMap<String, String> {
    let Ok(root) = store::root(cx) else { return BTreeMap::new() };
    let file = store::below(root, forge::FILE);
    let text = crate::discover::read_text(cx.system, &file);
    text.map(|it| forge::states::resources(&read(&it.text))).unwrap_or_default()
}

/// Where each kind of resource stands in the file.
const PLACES: [(Section, &str); 10] = [
    (Section::SignIn, "auth/providers/"),
    (Section::Buckets, "storage/"),
    (Section::Functions, "functions/"),
    (Section::Schedules, "schedules/"),
    (Section::Secrets, "secrets/"),
    (Section::Payments, "payments/"),
    (Section::Channels, "realtime/"),
    (Section::Search, "vector/"),
    (Section::Models, "gateway/providers/"),
    (Section::Deploy, "deploy/"),
];

/// The name that the catalog uses for a resource: `storage/avatars`.
pub(super) fn key(section: Section, name: &str) -> Option<String> {
    let place = PLACES.iter().find(|it| it.0 == section)?;
    Some(format!("{}{name}", place.1))
}

/// Kind and name of a resource that the catalog knows; `None` for what is no resource of its own.
pub(super) fn of_key(key: &str) -> Option<(Section, &str)> {
    PLACES.iter().find_map(|(section, place)| Some((*section, key.strip_prefix(place)?)))
}

fn listed(all: &Resources, now: Timestamp) -> Vec<Resource> {
    let mut out = Vec::new();
    let mut put = |section, name: &str, detail: String| {
        out.push(Resource { section, name: name.to_owned(), detail });
    };
    for name in all.auth.iter().flat_map(|it| it.providers.keys()) {
        put(Section::SignIn, name, String::new());
    }
    all.storage.iter().for_each(|(name, it)| put(Section::Buckets, name, bucket(it)));
    all.functions.iter().for_each(|(name, it)| put(Section::Functions, name, function(it)));
    all.schedules.iter().for_each(|(name, it)| put(Section::Schedules, name, runs(it, now)));
    for (name, it) in &all.secrets {
        let rotation = it.rotation.map(|it| format!("rotated every {} days", it.seconds / 86_400));
        put(Section::Secrets, name, rotation.unwrap_or_default());
    }
    for (name, it) in &all.payments {
        let mode = match it.mode {
            Some(PaymentMode::Live) => "live",
            Some(PaymentMode::Test) | None => "test",
        };
        let products: Vec<&str> = it.products.keys().map(String::as_str).collect();
        put(Section::Payments, name, joined([mode.to_owned(), products.join(" ")]));
    }
    for (name, it) in &all.realtime {
        let table = it.table.as_ref().map(|it| format!("of {it}"));
        put(Section::Channels, name, table.unwrap_or_default());
    }
    for (name, it) in &all.vector {
        let dimensions = it.dimensions.map(|it| format!("{it} dimensions"));
        let column = it.table.iter().chain(&it.column).cloned().collect::<Vec<_>>().join(".");
        put(Section::Search, name, joined([column, dimensions.unwrap_or_default()]));
    }
    for (name, it) in all.gateway.iter().flat_map(|it| &it.providers) {
        put(Section::Models, name, it.models.join(" "));
    }
    all.deploy.keys().for_each(|name| put(Section::Deploy, name, String::new()));
    out
}

fn bucket(it: &Bucket) -> String {
    let visibility = match it.visibility {
        Visibility::Private => "private",
        Visibility::Public => "public",
    };
    let size = it.size.map(|it| format!("{} bytes at most", it.count)).unwrap_or_default();
    let types: Vec<&str> = it.types.iter().map(|it| it.0.as_str()).collect();
    joined([visibility.to_owned(), size, types.join(" ")])
}

fn function(it: &Function) -> String {
    let runtime = match it.runtime {
        Runtime::Bun => "bun",
        Runtime::Deno => "deno",
        Runtime::Python => "python",
    };
    let trigger = match it.trigger {
        Trigger::Http => "http",
        Trigger::Webhook => "webhook",
        Trigger::Schedule => "schedule",
        Trigger::Event => "event",
    };
    let route = it.route.as_ref().map(|it| format!("{trigger} {it}"));
    joined([route.unwrap_or_else(|| trigger.to_owned()), runtime.to_owned()])
}

/// `0 9 * * 1 Europe/Berlin -> functions/digest, next Mon 2026-11-23 09:00`
fn runs(it: &Schedule, now: Timestamp) -> String {
    let target = match &it.target {
        Target::Function(name) => format!("functions/{name}"),
        Target::Event(name) => format!("events/{name}"),
        // An address may hold a token.
        Target::Url(_) => "an address".to_owned(),
    };
    let zone = it.zone.as_deref().unwrap_or("UTC");
    let next = schedule::next(&it.cron, it.zone.as_deref(), now, 1).unwrap_or_default();
    let next = match next.is_empty() {
        true => "never runs".to_owned(),
        false => format!("next {}", schedule::shown(&next)),
    };
    format!("{} {zone} -> {target}, {next}", it.cron)
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// 2026-01-01T00:00:00Z, a Thursday.
    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn check(yaml: &str, expect: Expect) {
        let listed = listed(&read(yaml).resources, NOW);
        let line = |it: &Resource| format!("{:?} {}: {}\n", it.section, it.name, it.detail);
        expect.assert_eq(&listed.iter().map(line).collect::<String>());
    }

    #[test]
    fn each_kind_is_told_in_a_few_words() {
        check(
            "auth:\n  providers:\n    google: {}\nstorage:\n  avatars: {visibility: private, size: 5MB}\nfunctions:\n  digest: {runtime: deno, trigger: schedule}\nschedules:\n  weekly: {cron: 0 9 * * 1, zone: Europe/Berlin, target: functions/digest}\nsecrets:\n  STRIPE_SECRET_KEY: {rotation: 90d}\npayments:\n  stripe: {}\n",
            expect![[r#"
                SignIn google: 
                Buckets avatars: private, 5000000 bytes at most
                Functions digest: schedule, deno
                Schedules weekly: 0 9 * * 1 Europe/Berlin -> functions/digest, next Mon 2026-01-05 09:00
                Secrets STRIPE_SECRET_KEY: rotated every 90 days
                Payments stripe: test
            "#]],
        );
    }
}

//! Server functions: mails, messages, files made or read, webhooks.

use super::vendors::Trade;
use super::view::{Seen, View};
use super::words::{Topic, Word};
use crate::facts::Fact;
use model::NeedKind;
use std::ops::Range;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    let callers = if view.topics.has(Topic::Webhook) { callers(view) } else { Vec::new() };
    for hit in &view.hits {
        if let Word::Method("phone-otp", _) = hit.meaning {
            let text = &view.text()[hit.range.clone()];
            if ["sms", "смс", "短信", "文字"].iter().any(|it| text.contains(it)) {
                push(view, "sms", &hit.range, 62, out);
            }
        }
        if let Word::Method("magic-link", _) = hit.meaning {
            push(view, "email", &hit.range, 62, out);
        }
        let Word::Topic(topic) = hit.meaning else { continue };
        match topic {
            Topic::MailOut if !is_credential(view, &hit.range) => {
                push(view, "email", &hit.range, 75, out);
            }
            Topic::Mail | Topic::EmailAddress => mail(view, &hit.range, out),
            Topic::SmsOut => sms(view, &hit.range, out),
            Topic::PushOut => push(view, "push", &hit.range, 75, out),
            Topic::Pdf | Topic::Documents => pdf(view, &hit.range, out),
            Topic::DataFile => data_file(view, &hit.range, out),
            Topic::MediaJob => {
                let text = &view.text()[hit.range.clone()];
                let sure = text.contains("ffmpeg") || text.contains("transcod");
                push(view, "media-processing", &hit.range, if sure { 70 } else { 52 }, out);
            }
            Topic::Parse => {
                parse(view, &hit.range, out);
                if view.near(&hit.range, &[Topic::Audio], 24)
                    && view.sentence(hit.range.start).has(Topic::Videos)
                {
                    push(view, "media-processing", &hit.range, 64, out);
                }
            }
            Topic::Webhook => webhook(view, &hit.range, &callers, out),
            _ => {}
        }
    }
    for (trade, name) in [(Trade::Mail, "email"), (Trade::Sms, "sms"), (Trade::Push, "push")] {
        for seen in view.vendors(trade) {
            let about = view.near(
                &seen.range,
                &[Topic::Mail, Topic::MailOut, Topic::EmailAddress, Topic::Send, Topic::Notify],
                60,
            ) || view.context.any(&[Topic::Mail, Topic::MailOut, Topic::Notify]);
            if about || !seen.vendor.vague {
                push(view, name, &seen.range, if about { 85 } else { 75 }, out);
            }
        }
    }
}

fn push(view: &View<'_>, name: &str, range: &Range<usize>, percent: u8, out: &mut Vec<Fact>) {
    out.push(view.need(NeedKind::Function, name, range, percent));
}

/// "Log in via email and password" sends nothing.
fn is_credential(view: &View<'_>, range: &Range<usize>) -> bool {
    view.hits_in(&view.passage.prose.sentence(range.start)).any(|it| {
        matches!(it.meaning, Word::Method(..))
            && it.range.start < range.end
            && range.start < it.range.end
    })
}

/// The bare word needs a verb of sending or a notification beside it.
fn mail(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let at = range.start;
    let said = &view.text()[range.clone()];
    let word =
        !matches!(said, "email address" | "e-mail-adresse" | "adresse e-mail" | "adresse email");
    let sent = view.near(range, &[Topic::Send, Topic::Notify], 30)
        || view.near(range, &[Topic::Send], 48) && !view.sentence(at).any(&[Topic::Password]);
    // "Channels: email, SMS, push".
    let channels = word
        && (view.near(range, &[Topic::SmsOut, Topic::PushOut], 24)
            || view.is_short()
                && view.context.has(Topic::Notify)
                && !view.sentence(at).has(Topic::Edit));
    if sent || channels {
        push(view, "email", range, 62, out);
    }
}

fn sms(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let sends = view.near(range, &[Topic::Send, Topic::Notify, Topic::OneTimeCode], 40)
        || view.near(range, &[Topic::Mail, Topic::PushOut], 16) && view.context.has(Topic::Notify);
    push(view, "sms", range, if sends { 75 } else { 50 }, out);
}

fn pdf(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if !view.text()[range.clone()].contains("pdf") {
        return;
    }
    const OWN: &[&str] = &["resume", "résumé", "curriculum", "lebenslauf", "currículo"];
    let sentence = &view.text()[view.passage.prose.sentence(range.start)];
    // A file that lies there for download is not made.
    if OWN.iter().any(|it| sentence.contains(it)) && !view.near(range, &[Topic::Make], 40) {
        return;
    }
    if view.near(range, &[Topic::Make], 40) || view.near(range, &[Topic::Export], 80) {
        push(view, "pdf", range, 65, out);
    }
}

fn data_file(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if view.near(range, &[Topic::Export], 80) {
        push(view, "csv-export", range, 68, out);
    }
    // "Bulk import of employees, skills and projects via CSV".
    let reach = if view.sentence(range.start).has(Topic::Export) { 40 } else { 100 };
    if view.near(range, &[Topic::Import], reach) || view.near(range, &[Topic::Upload], 16) {
        push(view, "csv-import", range, 68, out);
    }
}

fn parse(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let optical = &view.text()[range.clone()] == "ocr";
    if optical || view.near(range, &[Topic::Documents, Topic::Pdf, Topic::Receipts], 40) {
        push(view, "file-parsing", range, 60, out);
    }
}

/// Who may call a webhook, in order of place.
fn callers(view: &View<'_>) -> Vec<Seen> {
    let trades = [
        Trade::Pay,
        Trade::Login,
        Trade::Data,
        Trade::Bot,
        Trade::Identity,
        Trade::Sms,
        Trade::Mail,
        Trade::Files,
        Trade::Models,
    ];
    let mut out: Vec<Seen> = trades.into_iter().flat_map(|it| view.vendors(it)).collect();
    out.sort_by_key(|it| it.range.start);
    out
}

/// A webhook is somebody's: the service named next to it.
fn webhook(view: &View<'_>, range: &Range<usize>, callers: &[Seen], out: &mut Vec<Fact>) {
    const REACH_BYTES: usize = 48;
    const ADJACENT_BYTES: usize = 12;
    let sentence = view.passage.prose.sentence(range.start);
    let apart =
        |it: &Range<usize>| range.start.saturating_sub(it.end) + it.start.saturating_sub(range.end);
    let first = callers.partition_point(|it| it.range.start < sentence.start);
    let here = || callers[first..].iter().take_while(|it| it.range.start < sentence.end);
    // A database that a webhook writes to is not who calls it; who takes the money is.
    let pays = here().find(|it| it.vendor.does(Trade::Pay) && apart(&it.range) <= 2 * REACH_BYTES);
    let near = here()
        .filter(|it| apart(&it.range) <= REACH_BYTES && !it.vendor.does(Trade::Host))
        .min_by_key(|it| apart(&it.range));
    let nearest = near.filter(|it| apart(&it.range) <= ADJACENT_BYTES).or(pays).or(near);
    if let Some(seen) = nearest {
        let name = format!("webhook:{}", seen.vendor.name);
        let sure = seen.vendor.does(Trade::Pay) || apart(&seen.range) <= ADJACENT_BYTES;
        push(view, &name, range, if sure { 80 } else { 52 }, out);
        return;
    }
    // Whose it is may be told elsewhere; the judge gives it to the payment provider.
    let pays = view.sentence(range.start).any(&[Topic::Pay, Topic::Money])
        || view.context.any(&[Topic::Pay]);
    push(view, "webhook:", range, if pays { 70 } else { 40 }, out);
}

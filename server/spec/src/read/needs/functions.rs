//! Server functions: mails, messages, files made or read, webhooks.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use model::NeedKind;
use std::ops::Range;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for hit in &view.hits {
        let Word::Topic(topic) = hit.meaning else { continue };
        match topic {
            Topic::MailOut => push(view, "email", &hit.range, 75, out),
            Topic::Mail | Topic::EmailAddress => mail(view, &hit.range, out),
            Topic::SmsOut => sms(view, &hit.range, out),
            Topic::PushOut => push(view, "push", &hit.range, 75, out),
            Topic::Pdf | Topic::Documents => pdf(view, &hit.range, out),
            Topic::DataFile => data_file(view, &hit.range, out),
            Topic::MediaJob => push(view, "media-processing", &hit.range, 60, out),
            Topic::Parse => parse(view, &hit.range, out),
            Topic::Webhook => webhook(view, &hit.range, out),
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

/// The bare word needs a verb of sending or a notification beside it.
fn mail(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if view.near(range, &[Topic::Send, Topic::Notify], 30) {
        push(view, "email", range, 62, out);
    }
}

fn sms(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let sends = view.near(range, &[Topic::Send, Topic::Notify, Topic::OneTimeCode], 40);
    push(view, "sms", range, if sends { 75 } else { 50 }, out);
}

fn pdf(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if !view.text()[range.clone()].contains("pdf") {
        return;
    }
    if view.near(range, &[Topic::Make, Topic::Export], 40) {
        push(view, "pdf", range, 65, out);
    }
}

fn data_file(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if view.near(range, &[Topic::Export], 40) {
        push(view, "csv-export", range, 68, out);
    }
    if view.near(range, &[Topic::Import, Topic::Upload], 40) {
        push(view, "csv-import", range, 68, out);
    }
}

fn parse(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    if view.near(range, &[Topic::Documents, Topic::Pdf, Topic::Receipts], 40) {
        push(view, "file-parsing", range, 60, out);
    }
}

/// A webhook is somebody's: the service named beside it, or above it.
fn webhook(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let sentence = view.passage.prose.sentence(range.start);
    let mut found = false;
    for trade in [Trade::Pay, Trade::Login, Trade::Data, Trade::Bot, Trade::Identity] {
        for seen in view.vendors(trade) {
            if sentence.contains(&seen.range.start) && !found {
                found = true;
                let name = format!("webhook:{}", seen.vendor.name);
                push(view, &name, range, 80, out);
            }
        }
    }
    if !found {
        // Whose it is may be told elsewhere; the judge gives it to the payment provider.
        let pays = view.sentence(range.start).any(&[Topic::Pay, Topic::Money])
            || view.context.any(&[Topic::Pay]);
        push(view, "webhook:", range, if pays { 70 } else { 40 }, out);
    }
}

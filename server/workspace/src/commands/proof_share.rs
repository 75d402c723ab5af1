//! `proof.share`: sends a proof to a gist of the user, or to the endpoint of the user's settings.

use super::proofs::{self, ProofData, place};
use super::{CommandCx, CommandError, store};
use crate::tier;
use proof::publish::{Destination, Parcel};
use proof::{Check, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Shares a proof: as a secret gist of yours, or with `hosted` at the endpoint of your settings.
    ///
    /// Without `yes` nothing is sent, and the output tells what would be, where to, and what was made
    /// unreadable, with a digest; give that as `yes` to send exactly this. A proof that was not
    /// redacted, or in which something secret is found now, is not shared. `hosted` never falls back
    /// to another place.
    pub(super) static COMMAND = {
        name: "proof.share",
        effect: External,
        gate: Human,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A proof, or the first letters of its name; the latest when left out.
    #[schemars(extend("x-positional" = "ID"))]
    pub id: Option<String>,
    /// To the endpoint that `proof.hosted-url` names.
    pub hosted: bool,
    /// As a gist that everybody can find.
    pub public: bool,
    /// The digest of the preview that is agreed to.
    #[schemars(extend("x-value-name" = "DIGEST"))]
    pub yes: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was sent.
    pub done: bool,
    pub proof: ProofData,
    /// What would be sent; left out when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<SharePreview>,
    /// The address that the server named; left out where it named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What is to be known of the tier; left out for the one that everybody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
}

/// What would be sent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SharePreview {
    /// Where to, in words.
    pub to: String,
    pub n_bytes: usize,
    /// What was made unreadable: `2 × Stripe key`.
    pub masked: Vec<String>,
    /// How many values were known to be secret and looked for.
    pub n_known_values: usize,
    /// Names of people in it.
    pub people: Vec<String>,
    /// Files that it tells of.
    pub n_files: usize,
    /// Agree to exactly this by giving it as `yes`.
    pub digest: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When there is no such proof, it must not be shared, there is no place or key for it, or the server
/// did not take it; the message says whether it may be out.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let kept = proofs::find(cx, input.id.as_deref())?;
    if input.hosted && input.public {
        let error = CommandError::user("share the proof: `hosted` and `public` are both given");
        return Err(error.hint("the endpoint decides who sees it; leave `public` out"));
    }
    let tier = if input.hosted { admitted(cx)? } else { None };
    let destination = match input.hosted {
        true => place::hosted(cx)?,
        false => place::gist(cx, input.public)?,
    };
    fit_to_share(cx, &kept)?;
    let predicate = &kept.proof.statement.predicate;
    let parcel = Parcel {
        id: kept.id.clone(),
        description: format!("Proof of run: {}", predicate.headline),
        // Drawn anew: what lies on the disk may have been changed since it was redacted.
        page: proof::page(&kept.proof),
        envelope: kept.proof.envelope.to_json(),
    };
    let digest = parcel.digest(&destination);
    let Some(yes) = &input.yes else {
        let preview = Some(preview(&kept.proof, &parcel, &destination, digest));
        return Ok(Output { done: false, proof: kept.data(), preview, address: None, tier });
    };
    if *yes != digest {
        let error = CommandError::user(format!(
            "share the proof: what would be sent is not what `{yes}` names"
        ));
        return Err(error.hint("look at the preview again, and give its digest"));
    }
    let address = told(cx, &kept.id, &destination, &parcel)?;
    Ok(Output { done: true, proof: kept.data(), preview: None, address, tier })
}

/// The one place that asks for a tier: the opt-in way to a hosted endpoint.
fn admitted(cx: &CommandCx<'_>) -> Result<Option<String>, CommandError> {
    let key = || place::own_token(cx, "tier.key", &cx.settings.tier_key).ok().flatten().is_some();
    let admitted = tier::admit(&cx.settings, "hosted proofs", key);
    let admitted = admitted.map_err(|it| {
        CommandError::user(it.to_string())
            .hint("remove `tier.name` from your settings, which allows everything; or name a key in `tier.key`")
    })?;
    Ok(admitted.map(|it| it.in_words()))
}

/// Refuses what was not redacted, shows something secret, or was changed since it was signed.
fn fit_to_share(cx: &CommandCx<'_>, kept: &proofs::Kept) -> Result<(), CommandError> {
    let links = proof::links(&kept.proof);
    let signature = proof::signature(&kept.proof, &[]);
    let redaction = proofs::redaction_check(cx, &kept.proof);
    let is_bad = |it: &&Check| {
        it.state == State::Fails || (it.name == "redaction" && it.state != State::Holds)
    };
    let all = [redaction, signature, links];
    let Some(bad) = all.iter().find(is_bad) else { return Ok(()) };
    let what = if bad.name == "redaction" { "its redaction" } else { bad.name };
    Err(CommandError::user(format!("share the proof: {what}: {}", bad.detail))
        .hint("nothing was sent; once that is mended, `specwright proof generate` makes it anew"))
}

fn preview(
    proof: &proof::Proof,
    parcel: &Parcel,
    destination: &Destination,
    digest: String,
) -> SharePreview {
    let predicate = &proof.statement.predicate;
    let masked = predicate.redaction.masked.iter();
    SharePreview {
        to: destination.in_words(),
        n_bytes: parcel.page.len() + parcel.envelope.len(),
        masked: masked.map(|it| format!("{} × {}", it.n, it.kind)).collect(),
        n_known_values: predicate.redaction.n_known_values,
        people: predicate.run.actors.clone(),
        n_files: predicate.changed.files.len() + proof.statement.subject.len(),
        digest,
    }
}

/// Sends it, and tells the audit chain before and after.
fn told(
    cx: &CommandCx<'_>,
    id: &str,
    destination: &Destination,
    parcel: &Parcel,
) -> Result<Option<String>, CommandError> {
    let mut catalog = store::acting(cx)?;
    let act = |detail: String| catalog::Act {
        name: "proof.share".to_owned(),
        subject: id.to_owned(),
        detail,
    };
    let to = destination.in_words();
    catalog.intend(&act(format!("to {to}"))).map_err(|it| store::failed(&it))?;
    let sent = place::send(cx, destination, parcel);
    let outcome = match &sent {
        Ok(_) => format!("sent to {to}"),
        // A server's words are not kept.
        Err(_) => "failed".to_owned(),
    };
    catalog.conclude(&act(outcome)).map_err(|it| store::failed(&it))?;
    Ok(sent?.address)
}

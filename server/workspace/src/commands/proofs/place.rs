//! Where a proof is shared to, by the user's own settings, and with which token.

use super::super::{CommandCx, CommandError, ErrorKind};
use council::models::KeySource;
use proof::publish::{Destination, GITHUB, Limits, Parcel, PublishError, Published, Token};
use url::Url;

/// Where a token for GitHub is looked for when the settings name no place.
const USUAL: [&str; 3] = ["env:GH_TOKEN", "env:GITHUB_TOKEN", "keyring:github"];

/// The user's own gists.
pub(crate) fn gist(cx: &CommandCx<'_>, is_public: bool) -> Result<Destination, CommandError> {
    let own = cx.settings.proof_github_url.as_str();
    let api = address("proof.github-url", if own.is_empty() { GITHUB } else { own })?;
    checked(Destination::Gist { api, is_public }, "proof.github-url")
}

/// The endpoint that the user has named; there is no other.
pub(crate) fn hosted(cx: &CommandCx<'_>) -> Result<Destination, CommandError> {
    let own = cx.settings.proof_hosted_url.as_str();
    if own.is_empty() {
        let message = "share the proof: no endpoint is set, and there is none by default";
        return Err(CommandError::user(message).hint(
            "set `proof.hosted-url` in your own settings file; without `--hosted` it goes to a gist of yours",
        ));
    }
    checked(Destination::Hosted { url: address("proof.hosted-url", own)? }, "proof.hosted-url")
}

/// Sends a parcel with the token that belongs to the destination.
pub(crate) fn send(
    cx: &CommandCx<'_>,
    destination: &Destination,
    parcel: &Parcel,
) -> Result<Published, CommandError> {
    let token = match destination {
        Destination::Gist { .. } => Some(github_token(cx)?),
        Destination::Hosted { .. } => {
            own_token(cx, "proof.hosted-key", &cx.settings.proof_hosted_key)?
        }
    };
    let sent = proof::publish::publish(destination, parcel, token.as_ref(), Limits::default());
    sent.map_err(|it| failed(destination, &it))
}

fn github_token(cx: &CommandCx<'_>) -> Result<Token, CommandError> {
    if let Some(token) = own_token(cx, "proof.github-key", &cx.settings.proof_github_key)? {
        return Ok(token);
    }
    let sources = USUAL.iter().filter_map(|it| KeySource::from_word(it));
    let found = sources.filter_map(|it| it.read(cx.system).ok().flatten()).next();
    found.map(|it| Token::new(it.reveal())).ok_or_else(|| {
        CommandError::user("share the proof: there is no token for GitHub").hint(
            "set the variable GH_TOKEN to one with the scope `gist`, or `proof.github-key` in your own settings file",
        )
    })
}

/// The key at the place that a setting names; `None` when it names none.
pub(crate) fn own_token(
    cx: &CommandCx<'_>,
    setting: &str,
    word: &str,
) -> Result<Option<Token>, CommandError> {
    let source = KeySource::from_word(word).ok_or_else(|| {
        CommandError::new(
            ErrorKind::Config,
            format!("read the setting `{setting}`: it names no place of a key"),
        )
        .hint("write `env:NAME` or `keyring:ACCOUNT`; a key itself never stands in a file")
    })?;
    let key = source.read(cx.system).map_err(|it| {
        CommandError::user(format!("read the key of `{setting}`: {it}"))
            .hint("set it, or correct the setting")
    })?;
    Ok(key.map(|it| Token::new(it.reveal())))
}

fn address(setting: &str, text: &str) -> Result<Url, CommandError> {
    Url::parse(text).map_err(|it| {
        CommandError::new(ErrorKind::Config, format!("read the setting `{setting}`: {it}"))
            .hint("write an address such as `https://proofs.example.com/`")
    })
}

fn checked(destination: Destination, setting: &str) -> Result<Destination, CommandError> {
    match destination.check() {
        Ok(()) => Ok(destination),
        Err(why) => {
            Err(CommandError::new(ErrorKind::Config, format!("use the setting `{setting}`: {why}"))
                .hint("use `https:`; `http:` is for servers on this machine"))
        }
    }
}

fn failed(destination: &Destination, error: &PublishError) -> CommandError {
    let is_gist = matches!(destination, Destination::Gist { .. });
    let (kind, hint) = match error {
        PublishError::Unauthorised { .. } if is_gist => {
            (ErrorKind::User, "the token needs the scope `gist`, and must not have run out")
        }
        PublishError::Refused { status: 404, .. } if is_gist => {
            (ErrorKind::User, "GitHub says so to a token without the scope `gist`")
        }
        PublishError::Token | PublishError::Unauthorised { .. } => {
            (ErrorKind::User, "correct the key that the setting names")
        }
        PublishError::Unknown { .. } => (
            ErrorKind::Internal,
            "look there before you share it again; nothing is sent a second time by itself",
        ),
        PublishError::Unreachable { .. } => (ErrorKind::Busy, "try again when the network is back"),
        PublishError::Redirected { .. } => (ErrorKind::User, "set the address that it means"),
        PublishError::Address { .. } | PublishError::Refused { .. } => {
            (ErrorKind::User, "correct what it says, and share it again")
        }
    };
    CommandError::new(kind, format!("share the proof: {error}")).hint(hint)
}

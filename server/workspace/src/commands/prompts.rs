//! `council.prompt`: what models would be sent.

use super::migrations::{Specs, Target};
use super::{CommandCx, CommandError, gate, reviews};
use council::models::{Api, Endpoint, KeySource, Lens, Limits, Panel, Price, Seat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

declare_command! {
    /// Prints what models would be sent of the migrations that wait, byte for byte, and sends nothing.
    ///
    /// Secrets are taken out before. Without `council.models` in your own settings it shows what each
    /// lens would ask. The question of the devil's advocate, which follows when nothing stands in the
    /// way, is shown too.
    pub(super) static COMMAND = {
        name: "council.prompt",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A SQLite file; the workspace's own database when left out.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// One for each migration and reviewer.
    pub requests: Vec<RequestData>,
}

/// A request, as it would be sent first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequestData {
    pub reviewer: String,
    /// The migration that it is about.
    pub subject: String,
    /// Left out when no model is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Names and values; in the place of the key stands where it is read.
    pub headers: Vec<[String; 2]>,
    /// What the model reads first, and then.
    pub system: String,
    pub user: String,
    /// The whole body, as it is sent.
    pub body: String,
    /// Why it would not be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When a spec has errors, or the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let (specs, target) = (Specs::read(cx)?, Target::new(cx, input.url.as_deref())?);
    let ledger = target.ledger()?;
    let described = specs.describe(&ledger)?;
    let names: Vec<&str> = described.migrations.iter().map(|it| it.name.as_str()).collect();
    let changes = gate::changes(&specs, &names, &gate::imported_by(&ledger));
    let configured = reviews::panel(cx);
    let is_configured = configured.is_some();
    let mut panel = configured.unwrap_or_else(nobody);
    let advocate = panel.seats.last().map(|it| Seat { lens: Lens::Advocate, ..it.clone() });
    panel.seats.extend(advocate);
    let mut requests = Vec::new();
    for (name, change) in names.iter().zip(&changes) {
        let brief = change.brief(cx, &change.first_review(cx));
        for seat in &panel.seats {
            let mut request = RequestData {
                reviewer: seat.name(),
                subject: (*name).to_owned(),
                url: None,
                headers: Vec::new(),
                system: String::new(),
                user: String::new(),
                body: String::new(),
                refused: None,
            };
            match brief.prompt(seat.lens) {
                Ok(prompt) => {
                    let shown = seat.endpoint.request(&prompt, &panel.limits);
                    request.url = is_configured.then_some(shown.url);
                    request.headers = shown.headers.into_iter().map(|it| [it.0, it.1]).collect();
                    request.body = Value::to_string(&shown.body);
                    (request.system, request.user) = (prompt.system, prompt.user);
                }
                Err(failure) => request.refused = Some(failure.to_string()),
            }
            requests.push(request);
        }
    }
    Ok(Output { requests })
}

/// Who would be asked if there were a model: each standard lens.
fn nobody() -> Panel {
    let endpoint = Endpoint {
        name: "none".to_owned(),
        api: Api::OpenAi,
        url: "http://localhost/".parse().expect("it is a URL"),
        model: String::new(),
        key: KeySource::None,
        price: Price::default(),
    };
    let seat = |lens| Seat { endpoint: endpoint.clone(), lens };
    Panel { seats: Lens::STANDARD.map(seat).to_vec(), limits: Limits::default() }
}

//! What models would be sent of a change, byte for byte; nothing is sent here.

use super::gate::Change;
use super::{CommandCx, reviews};
use council::models::{Api, Endpoint, KeySource, Lens, Limits, Panel, Price, Seat};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

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

/// The requests about changes, each with what it is called: those of the models that the user's own
/// settings name, or of each lens where they name none. The devil's advocate, who is asked when
/// nothing stands in the way, is among them.
pub(super) fn requests(cx: &CommandCx<'_>, changes: &[(String, Change)]) -> Vec<RequestData> {
    let configured = reviews::panel(cx);
    let is_configured = configured.is_some();
    let mut panel = configured.unwrap_or_else(nobody);
    let advocate = panel.seats.last().map(|it| Seat { lens: Lens::Advocate, ..it.clone() });
    panel.seats.extend(advocate);
    let mut requests = Vec::new();
    for (name, change) in changes {
        let brief = change.brief(cx, &change.review(cx, None));
        for seat in &panel.seats {
            let mut request = RequestData {
                reviewer: seat.name(),
                subject: name.clone(),
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
    requests
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

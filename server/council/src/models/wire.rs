//! The two wire formats: requests as JSON, answers from the events of a stream.

use super::failure::Failure;
use super::prompt::Prompt;
use super::sse::Event;
use serde_json::{Value, json};
use url::Url;

/// A language that endpoints speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// `POST …/chat/completions`, as OpenAI and most others serve it.
    OpenAi,
    /// `POST …/v1/messages`, Anthropic's.
    Anthropic,
}

/// How the answer's form is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By a JSON schema that the server holds its model to.
    Schema,
    /// For servers without that: any JSON object, or the input of a tool that must be called.
    Fallback,
}

/// What was used, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub tokens_in: u64,
    pub tokens_out: u64,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) text: String,
    /// `None` when the server told none.
    pub(crate) usage: Option<Usage>,
}

impl Api {
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "openai" => Some(Self::OpenAi),
            "anthropic" => Some(Self::Anthropic),
            _ => None,
        }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }

    /// Where requests go, below an endpoint's base address.
    pub(crate) fn address(self, base: &Url) -> Url {
        let mut url = base.clone();
        let path = base.path().trim_end_matches('/');
        let path = match self {
            Self::OpenAi => format!("{path}/chat/completions"),
            Self::Anthropic => format!("{}/v1/messages", path.trim_end_matches("/v1")),
        };
        url.set_path(&path);
        url
    }

    /// The header that carries the key, and what stands before the key in it.
    pub(crate) fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenAi => ("authorization", "Bearer "),
            Self::Anthropic => ("x-api-key", ""),
        }
    }

    pub(crate) fn body(self, model: &str, prompt: &Prompt, tokens_max: u32, form: Form) -> Value {
        let mut body = match self {
            Self::OpenAi => json!({
                "model": model,
                "stream": true,
                "stream_options": { "include_usage": true },
                "max_completion_tokens": tokens_max,
                "messages": [
                    { "role": "system", "content": prompt.system },
                    { "role": "user", "content": prompt.user },
                ],
            }),
            Self::Anthropic => json!({
                "model": model,
                "stream": true,
                "max_tokens": tokens_max,
                "system": prompt.system,
                "messages": [{ "role": "user", "content": prompt.user }],
            }),
        };
        let schema = &prompt.schema;
        match (self, form) {
            (Self::OpenAi, Form::Schema) => {
                body["response_format"] = json!({
                    "type": "json_schema",
                    "json_schema": { "name": "review", "strict": true, "schema": schema },
                });
            }
            (Self::OpenAi, Form::Fallback) => {
                body["response_format"] = json!({ "type": "json_object" });
            }
            (Self::Anthropic, Form::Schema) => {
                body["output_config"] =
                    json!({ "format": { "type": "json_schema", "schema": schema } });
            }
            (Self::Anthropic, Form::Fallback) => {
                body["tools"] = json!([{
                    "name": "review",
                    "description": "Reports the review.",
                    "strict": true,
                    "input_schema": schema,
                }]);
                body["tool_choice"] = json!({ "type": "tool", "name": "review" });
            }
        }
        body
    }
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Done,
    CutOff,
    Refused,
}

/// Puts an answer together from events.
#[derive(Debug)]
pub(crate) struct Listener {
    api: Api,
    text: String,
    refusal: String,
    stop: Option<Stop>,
    usage: Option<Usage>,
}

impl Listener {
    pub(crate) fn new(api: Api) -> Self {
        Self { api, text: String::new(), refusal: String::new(), stop: None, usage: None }
    }

    /// Takes one event; those that are not known are passed over.
    pub(crate) fn hear(&mut self, event: &Event) -> Result<(), Failure> {
        if event.data == "[DONE]" {
            return Ok(());
        }
        let data: Value = serde_json::from_str(&event.data)
            .map_err(|_| Failure::Infra("an event of the stream is not JSON".to_owned()))?;
        if data["error"].is_object() {
            return Err(failure_of(&data["error"]));
        }
        match self.api {
            Api::OpenAi => self.hear_openai(&data),
            Api::Anthropic => self.hear_anthropic(&data),
        }
        Ok(())
    }

    fn hear_openai(&mut self, data: &Value) {
        let choice = &data["choices"][0];
        self.text += choice["delta"]["content"].as_str().unwrap_or_default();
        self.refusal += choice["delta"]["refusal"].as_str().unwrap_or_default();
        match choice["finish_reason"].as_str() {
            None => {}
            Some("length") => self.stop = Some(Stop::CutOff),
            Some("content_filter") => self.stop = Some(Stop::Refused),
            Some(_) => self.stop = Some(Stop::Done),
        }
        if let (Some(tokens_in), Some(tokens_out)) =
            (data["usage"]["prompt_tokens"].as_u64(), data["usage"]["completion_tokens"].as_u64())
        {
            self.usage = Some(Usage { tokens_in, tokens_out });
        }
    }

    fn hear_anthropic(&mut self, data: &Value) {
        match data["type"].as_str().unwrap_or_default() {
            "message_start" => self.count(&data["message"]["usage"]),
            "content_block_delta" => {
                let delta = &data["delta"];
                self.text += delta["text"].as_str().unwrap_or_default();
                self.text += delta["partial_json"].as_str().unwrap_or_default();
            }
            "message_delta" => {
                self.count(&data["usage"]);
                match data["delta"]["stop_reason"].as_str() {
                    None => {}
                    Some("max_tokens" | "model_context_window_exceeded") => {
                        self.stop = Some(Stop::CutOff);
                    }
                    Some("refusal") => self.stop = Some(Stop::Refused),
                    Some(_) => self.stop = Some(Stop::Done),
                }
            }
            _ => {}
        }
    }

    /// Later numbers replace earlier ones: they are totals.
    fn count(&mut self, told: &Value) {
        let mut usage = self.usage.unwrap_or_default();
        let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
        let cached: u64 = cached.iter().filter_map(|it| told[it].as_u64()).sum();
        if let Some(tokens) = told["input_tokens"].as_u64() {
            usage.tokens_in = tokens + cached;
        }
        if let Some(tokens) = told["output_tokens"].as_u64() {
            usage.tokens_out = tokens;
        }
        self.usage = Some(usage);
    }

    /// How much text there is so far, in bytes.
    pub(crate) fn n_bytes(&self) -> usize {
        self.text.len() + self.refusal.len()
    }

    /// The stream is over: an answer counts only when the model said that it is whole.
    pub(crate) fn finish(self) -> Result<Reply, Failure> {
        if !self.refusal.is_empty() {
            return Err(Failure::Refused);
        }
        match self.stop {
            Some(Stop::Done) => Ok(Reply { text: self.text, usage: self.usage }),
            Some(Stop::Refused) => Err(Failure::Refused),
            Some(Stop::CutOff) => Err(Failure::CutOff),
            None => Err(Failure::Infra("the stream ended before the answer did".to_owned())),
        }
    }
}

/// An error that came instead of the rest of a stream, or as the body of a refused request.
pub(crate) fn failure_of(error: &Value) -> Failure {
    let kind = error["type"].as_str().unwrap_or("error");
    let message = error["message"].as_str().map(|it| format!(": {it}")).unwrap_or_default();
    Failure::Infra(format!("the server says `{kind}`{message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(api: Api, events: &[Value], expect: Expect) {
        let mut listener = Listener::new(api);
        let heard = events.iter().try_for_each(|data| {
            listener.hear(&Event { name: String::new(), data: data.to_string() })
        });
        let out = match heard.and_then(|()| listener.finish()) {
            Ok(it) => format!("{} {:?}", it.text, it.usage),
            Err(failure) => format!("failed: {failure}"),
        };
        expect.assert_eq(&out);
    }

    fn chunk(text: &str, finish: Option<&str>) -> Value {
        json!({ "choices": [{ "delta": { "content": text }, "finish_reason": finish }] })
    }

    #[test]
    fn an_openai_answer_is_the_sum_of_its_deltas() {
        let usage =
            json!({ "choices": [], "usage": { "prompt_tokens": 7, "completion_tokens": 2 } });
        check(
            Api::OpenAi,
            &[chunk("{\"a\"", None), chunk(":1}", None), chunk("", Some("stop")), usage],
            expect![[r#"{"a":1} Some(Usage { tokens_in: 7, tokens_out: 2 })"#]],
        );
    }

    #[test]
    fn an_anthropic_answer_is_text_or_the_input_of_the_tool() {
        let start = json!({ "type": "message_start", "message": { "usage": {
            "input_tokens": 5, "cache_read_input_tokens": 4, "output_tokens": 1 } } });
        let text = json!({ "type": "content_block_delta", "delta": { "type": "text_delta", "text": "{}" } });
        let json = json!({ "type": "content_block_delta",
            "delta": { "type": "input_json_delta", "partial_json": "{}" } });
        let end = json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" },
            "usage": { "output_tokens": 9 } });
        let ping = json!({ "type": "ping" });
        for part in [text, json] {
            check(
                Api::Anthropic,
                &[start.clone(), ping.clone(), part, end.clone()],
                expect!["{} Some(Usage { tokens_in: 9, tokens_out: 9 })"],
            );
        }
    }

    #[test]
    fn what_is_cut_off_refused_or_broken_is_no_answer() {
        check(
            Api::OpenAi,
            &[chunk("{", Some("length"))],
            expect!["failed: the answer was cut off at the limit of its length"],
        );
        check(
            Api::OpenAi,
            &[chunk("{}", None)],
            expect!["failed: the stream ended before the answer did"],
        );
        check(
            Api::OpenAi,
            &[json!({ "choices": [{ "delta": { "refusal": "no" }, "finish_reason": "stop" }] })],
            expect!["failed: the model refused to answer"],
        );
        check(
            Api::Anthropic,
            &[json!({ "type": "message_delta", "delta": { "stop_reason": "refusal" } })],
            expect!["failed: the model refused to answer"],
        );
        check(
            Api::Anthropic,
            &[
                json!({ "type": "error", "error": { "type": "overloaded_error", "message": "busy" } }),
            ],
            expect!["failed: the server says `overloaded_error`: busy"],
        );
    }
}

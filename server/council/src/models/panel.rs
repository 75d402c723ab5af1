//! The model reviewers of one review: asked at once, blind to each other, then the advocate.

use super::answer::{self, Answer};
use super::budget::{Budget, Spent};
use super::call::{Caller, Endpoint, Limits};
use super::claim::{self, Prober};
use super::failure::Failure;
use super::lens::Lens;
use super::prompt::{self, Brief, Prompt};
use catalog::{Catalog, CouncilCall};
use futures_util::StreamExt as _;
use model::{CouncilFinding, EvidenceLevel, ReviewerRun, ReviewerStatus};
use std::time::Duration;
use system::System;

/// A model with something to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub endpoint: Endpoint,
    pub lens: Lens,
}

impl Seat {
    /// The reviewer's name: `endpoint/lens`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.endpoint.name, self.lens.word())
    }

    /// Names everything that an answer depends on: an answer is only taken from the cache for the
    /// same question to the same model.
    fn key(&self, prompt: &Prompt, limits: &Limits) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let tokens = limits.tokens_out_max.to_string();
        let version = prompt::VERSION.to_string();
        let endpoint = &self.endpoint;
        let texts = [
            "specwright council answer",
            &version,
            self.lens.word(),
            endpoint.api.word(),
            endpoint.url.as_str(),
            &endpoint.model,
            &tokens,
            &prompt.system,
            &prompt.user,
            &prompt.schema.to_string(),
        ];
        for text in texts {
            hasher.update(&(text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// Who is asked, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    pub seats: Vec<Seat>,
    pub limits: Limits,
}

/// What the models said, and what was found out about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    pub findings: Vec<CouncilFinding>,
    /// One for each seat in its order, then the advocate's if it was called.
    pub runs: Vec<ReviewerRun>,
    /// What this review used; answers from the cache cost nothing.
    pub spent: Spent,
    pub n_cached: usize,
}

impl Panel {
    /// Identifies who is asked: a review by others is another review.
    #[must_use]
    pub fn version(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for seat in &self.seats {
            let endpoint = &seat.endpoint;
            let words = [&seat.name(), endpoint.api.word(), endpoint.url.as_str(), &endpoint.model];
            for word in words {
                hasher.update(&(word.len() as u64).to_be_bytes());
                hasher.update(word.as_bytes());
            }
        }
        format!("models {} {}", prompt::VERSION, &hasher.finalize().to_hex()[..16])
    }

    /// Asks every seat, looks up what they claim, and calls the advocate unless something that was
    /// looked up stands in the way already.
    ///
    /// The advocate is not only called after a unanimous approval: otherwise a small remark of one
    /// model would spare a change the hardest question.
    #[must_use]
    pub fn hear(
        &self,
        brief: &Brief,
        prober: &Prober<'_>,
        budget: &Budget,
        cx: &mut PanelCx<'_>,
    ) -> Heard {
        let mut heard = Heard::default();
        let seats: Vec<&Seat> = self.seats.iter().collect();
        self.ask(&seats, brief, prober, budget, cx, &mut heard);
        let advocate = self.seats.last().map(|it| Seat { lens: Lens::Advocate, ..it.clone() });
        let is_heard = heard.runs.iter().all(|it| it.status == ReviewerStatus::Done);
        if let Some(advocate) = advocate.filter(|_| is_heard && !blocks(&heard.findings)) {
            self.ask(&[&advocate], brief, prober, budget, cx, &mut heard);
        }
        claim::corroborate(&mut heard.findings);
        heard
    }

    fn ask(
        &self,
        seats: &[&Seat],
        brief: &Brief,
        prober: &Prober<'_>,
        budget: &Budget,
        cx: &mut PanelCx<'_>,
        heard: &mut Heard,
    ) {
        // All questions are made before the first is sent.
        let questions: Vec<Question<'_>> =
            seats.iter().map(|seat| self.question(seat, brief, cx)).collect();
        let answers = send_all(&questions, &self.limits, budget, cx.system);
        for (question, sent) in questions.iter().zip(answers) {
            let name = question.seat.name();
            heard.n_cached += usize::from(question.cached.is_some());
            heard.spent.tokens += sent.spent.tokens;
            heard.spent.micros += sent.spent.micros;
            cx.remember(&name, question, &sent);
            let status = match sent.answer {
                Ok((answer, _)) => {
                    let claims = answer.claims.iter();
                    let judged = claims.map(|it| claim::judge(it, &name, brief, prober));
                    heard.findings.extend(judged);
                    ReviewerStatus::Done
                }
                Err(failure) => ReviewerStatus::Failed(failure.to_string()),
            };
            heard.runs.push(ReviewerRun { reviewer: name, status, ms: sent.ms });
        }
    }

    fn question<'s>(&self, seat: &'s Seat, brief: &Brief, cx: &PanelCx<'_>) -> Question<'s> {
        let prompt = brief.prompt(seat.lens);
        let key = prompt.as_ref().ok().map(|it| seat.key(it, &self.limits));
        let cached = key.and_then(|key| cx.catalog.as_ref()?.council_answer(&key).ok().flatten());
        // What the cache holds was read once, and is read again: the rules may have changed.
        let cached = cached.filter(|it| answer::read(it, seat.lens).is_ok());
        Question { seat, prompt, key, cached }
    }
}

fn blocks(findings: &[CouncilFinding]) -> bool {
    findings.iter().any(|it| it.risk.blocks() && it.evidence > EvidenceLevel::Plausible)
}

/// What a panel may use.
pub struct PanelCx<'a> {
    pub system: &'a dyn System,
    /// Answers and their price are kept here; `None` keeps nothing.
    pub catalog: Option<&'a mut Catalog>,
}

impl PanelCx<'_> {
    /// A catalog that cannot be written costs a later review money, and this one nothing.
    fn remember(&mut self, reviewer: &str, question: &Question<'_>, sent: &Sent) {
        let (Some(catalog), None, Some(key)) = (&mut self.catalog, &question.cached, question.key)
        else {
            return;
        };
        let text = sent.answer.as_ref().ok().map(|(_, text)| crate::redact::redact(text));
        let Spent { tokens, micros } = sent.spent;
        let call = CouncilCall { reviewer, tokens, micros, answer: text.as_deref() };
        drop(catalog.record_council_call(&key, &call));
    }
}

/// One seat's question, or its answer from an earlier time.
struct Question<'s> {
    seat: &'s Seat,
    prompt: Result<Prompt, Failure>,
    key: Option<[u8; 32]>,
    cached: Option<String>,
}

/// What became of a question.
struct Sent {
    /// With the text that it was read from.
    answer: Result<(Answer, String), Failure>,
    spent: Spent,
    ms: u64,
}

/// Sends what must be sent, some at once, and waits for all of it on a runtime of its own.
fn send_all(
    questions: &[Question<'_>],
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
) -> Vec<Sent> {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(it) => it,
        Err(error) => {
            let failure = || Failure::Infra(format!("start a runtime: {error}"));
            let failed = |_| Sent { answer: Err(failure()), spent: Spent::default(), ms: 0 };
            return questions.iter().map(failed).collect();
        }
    };
    let work = || {
        runtime.block_on(async {
            let calls = questions.iter().map(|it| send(it, limits, budget, system));
            let calls = futures_util::stream::iter(calls);
            calls.buffered(limits.n_parallel.max(1)).collect::<Vec<Sent>>().await
        })
    };
    // A runtime may not wait inside of another one, and the caller may be in one.
    std::thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

async fn send(
    question: &Question<'_>,
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
) -> Sent {
    let lens = question.seat.lens;
    if let Some(text) = &question.cached {
        let answer = answer::read(text, lens).map(|it| (it, text.clone()));
        return Sent { answer, spent: Spent::default(), ms: 0 };
    }
    let start = system.now();
    let mut spent = Spent::default();
    let asked = ask_and_repair(question, limits, budget, system, &mut spent);
    let asked = tokio::time::timeout(Duration::from_millis(limits.whole_ms), asked).await;
    let ms = u64::try_from(system.now().0 - start.0).unwrap_or(0);
    Sent { answer: asked.unwrap_or(Err(Failure::TimedOut)), spent, ms }
}

/// An answer that cannot be read is asked for once more, with the reason.
async fn ask_and_repair(
    question: &Question<'_>,
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
    spent: &mut Spent,
) -> Result<(Answer, String), Failure> {
    let prompt = question.prompt.clone()?;
    let endpoint = &question.seat.endpoint;
    let caller = Caller::new(endpoint, endpoint.key.read(system)?)?;
    let lens = question.seat.lens;
    let (reply, used) = caller.ask(&prompt, limits, budget).await?;
    *spent = used;
    let Err(Failure::Invalid(why)) = answer::read(&reply.text, lens) else {
        return answer::read(&reply.text, lens).map(|it| (it, reply.text));
    };
    let again = format!(
        "{}\n\nYour last answer could not be used: {why}. Answer again, in the form that is asked for.",
        prompt.user
    );
    let (reply, used) = caller.ask(&Prompt { user: again, ..prompt }, limits, budget).await?;
    spent.tokens += used.tokens;
    spent.micros += used.micros;
    answer::read(&reply.text, lens).map(|it| (it, reply.text))
}

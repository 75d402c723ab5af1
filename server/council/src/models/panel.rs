//! The model reviewers of one review: asked at once, blind to each other, then the advocate; and a
//! blind check of what one of them says alone.

use super::answer::{self, Answer};
use super::budget::{Budget, Spent};
use super::call::{Caller, Endpoint, Limits};
use super::check::{self, Checked};
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
}

/// Names everything that an answer depends on: an answer is only taken from the cache for the same
/// question to the same model.
fn key(endpoint: &Endpoint, what: &str, prompt: &Prompt, limits: &Limits) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let tokens = limits.tokens_out_max.to_string();
    let version = prompt::VERSION.to_string();
    let texts = [
        "specwright council answer",
        &version,
        what,
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

/// Claims that are checked in one review at most, the worst first.
const CHECKS_MAX: usize = 4;

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
        format!(
            "models {}.{} {}",
            prompt::VERSION,
            check::VERSION,
            &hasher.finalize().to_hex()[..16]
        )
    }

    /// Asks every seat, looks up what they claim, has checked what only one of them claims, and calls
    /// the advocate unless something that was shown stands in the way already.
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
        self.check(brief, budget, cx, &mut heard);
        let advocate = self.seats.last().map(|it| Seat { lens: Lens::Advocate, ..it.clone() });
        let is_heard = heard.runs.iter().all(|it| it.status == ReviewerStatus::Done);
        if let Some(advocate) = advocate.filter(|_| is_heard && !blocks(&heard.findings)) {
            self.ask(&[&advocate], brief, prober, budget, cx, &mut heard);
            self.check(brief, budget, cx, &mut heard);
        }
        heard
    }

    /// Believes what two models say, and has the rest of what could block checked by a call that sees
    /// one claim and the change; by another model where there is one. Nothing is checked when
    /// something blocks already.
    fn check(&self, brief: &Brief, budget: &Budget, cx: &mut PanelCx<'_>, heard: &mut Heard) {
        claim::corroborate(&mut heard.findings);
        let n_checked = heard.findings.iter().filter(|it| is_checked(&heard.runs, it)).count();
        if blocks(&heard.findings) || n_checked >= CHECKS_MAX {
            return;
        }
        let is_open = |it: &CouncilFinding| {
            it.risk.blocks()
                && it.evidence == EvidenceLevel::Plausible
                && !is_checked(&heard.runs, it)
        };
        let mut open: Vec<usize> = (0..heard.findings.len()).collect();
        open.retain(|it| is_open(&heard.findings[*it]));
        open.sort_by_key(|it| std::cmp::Reverse(heard.findings[*it].risk));
        open.truncate(CHECKS_MAX - n_checked);
        let questions: Vec<Question<'_, Checked>> = open
            .iter()
            .filter_map(|it| {
                let finding = &heard.findings[*it];
                let endpoint = self.checker(&finding.reviewer)?;
                let prompt = check::prompt(brief, finding);
                let read = Box::new(|text: &str| check::read(text, brief));
                Some(Question::new(
                    endpoint,
                    (run_of_check(endpoint, finding), prompt),
                    read,
                    self,
                    cx,
                ))
            })
            .collect();
        let answers = send_all(&questions, &self.limits, budget, cx.system);
        for ((index, question), sent) in open.into_iter().zip(&questions).zip(answers) {
            let run = heard.take(question, &sent, cx);
            if let Ok((checked, _)) = sent.answer {
                let finding = &mut heard.findings[index];
                if checked.is_shown {
                    finding.evidence = EvidenceLevel::Corroborated;
                }
                finding.trigger = match finding.trigger.as_str() {
                    "" => checked.remark,
                    trigger => format!("{trigger}; {}", checked.remark),
                };
            }
            heard.runs.push(run);
        }
    }

    /// Who checks what `reviewer` says: another model, or else the same in another call.
    fn checker(&self, reviewer: &str) -> Option<&Endpoint> {
        let voice = claim::voice(reviewer);
        let mut endpoints = self.seats.iter().map(|it| &it.endpoint);
        endpoints.clone().find(|it| it.name != voice).or_else(|| endpoints.next())
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
        let questions: Vec<Question<'_, Answer>> =
            seats.iter().map(|seat| self.question(seat, brief, cx)).collect();
        let answers = send_all(&questions, &self.limits, budget, cx.system);
        for (question, sent) in questions.iter().zip(answers) {
            let run = heard.take(question, &sent, cx);
            if let Ok((answer, _)) = sent.answer {
                let claims = answer.claims.iter();
                let judged = claims.map(|it| claim::judge(it, &run.reviewer, brief, prober));
                heard.findings.extend(judged);
            }
            heard.runs.push(run);
        }
    }

    fn question<'s>(
        &self,
        seat: &'s Seat,
        brief: &Brief,
        cx: &PanelCx<'_>,
    ) -> Question<'s, Answer> {
        let (lens, prompt) = (seat.lens, brief.prompt(seat.lens));
        let read = Box::new(move |text: &str| answer::read(text, lens));
        Question::new(&seat.endpoint, (seat.name(), prompt), read, self, cx)
    }
}

impl Heard {
    /// Counts what a call used, keeps its answer, and tells how it ended.
    fn take<T>(
        &mut self,
        question: &Question<'_, T>,
        sent: &Sent<T>,
        cx: &mut PanelCx<'_>,
    ) -> ReviewerRun {
        self.n_cached += usize::from(question.cached.is_some());
        self.spent.tokens += sent.spent.tokens;
        self.spent.micros += sent.spent.micros;
        cx.remember(question, sent);
        let status = match &sent.answer {
            Ok(_) => ReviewerStatus::Done,
            Err(failure) => ReviewerStatus::Failed(failure.to_string()),
        };
        ReviewerRun { reviewer: question.name.clone(), status, ms: sent.ms }
    }
}

/// The name of a check: `endpoint/check FINGERPRINT`.
fn run_of_check(endpoint: &Endpoint, finding: &CouncilFinding) -> String {
    format!("{}/check {}", endpoint.name, finding.fingerprint)
}

fn is_checked(runs: &[ReviewerRun], finding: &CouncilFinding) -> bool {
    let ending = format!("/check {}", finding.fingerprint);
    runs.iter().any(|it| it.reviewer.ends_with(&ending))
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
    fn remember<T>(&mut self, question: &Question<'_, T>, sent: &Sent<T>) {
        let (Some(catalog), None, Some(key)) = (&mut self.catalog, &question.cached, question.key)
        else {
            return;
        };
        let text = sent.answer.as_ref().ok().map(|(_, text)| crate::redact::redact(text));
        let Spent { tokens, micros } = sent.spent;
        let reviewer = &question.name;
        let call = CouncilCall { reviewer, tokens, micros, answer: text.as_deref() };
        drop(catalog.record_council_call(&key, &call));
    }
}

/// How an answer's text is read.
type Read<'s, T> = Box<dyn Fn(&str) -> Result<T, Failure> + Sync + 's>;

/// A question to a model, or its answer from an earlier time.
struct Question<'s, T> {
    /// Who is asked, as what.
    name: String,
    endpoint: &'s Endpoint,
    prompt: Result<Prompt, Failure>,
    read: Read<'s, T>,
    key: Option<[u8; 32]>,
    cached: Option<String>,
}

impl<'s, T> Question<'s, T> {
    fn new(
        endpoint: &'s Endpoint,
        (name, prompt): (String, Result<Prompt, Failure>),
        read: Read<'s, T>,
        panel: &Panel,
        cx: &PanelCx<'_>,
    ) -> Self {
        let what = name.rsplit_once('/').map_or(name.as_str(), |(_, what)| what);
        let key = prompt.as_ref().ok().map(|it| key(endpoint, what, it, &panel.limits));
        let cached = key.and_then(|key| cx.catalog.as_ref()?.council_answer(&key).ok().flatten());
        // What the cache holds was read once, and is read again: the rules may have changed.
        let cached = cached.filter(|it| read(it).is_ok());
        Self { name, endpoint, prompt, read, key, cached }
    }
}

/// What became of a question.
struct Sent<T> {
    /// With the text that it was read from.
    answer: Result<(T, String), Failure>,
    spent: Spent,
    ms: u64,
}

/// Sends what must be sent, some at once, and waits for all of it on a runtime of its own.
fn send_all<T: Send>(
    questions: &[Question<'_, T>],
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
) -> Vec<Sent<T>> {
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
            calls.buffered(limits.n_parallel.max(1)).collect::<Vec<Sent<T>>>().await
        })
    };
    // A runtime may not wait inside of another one, and the caller may be in one.
    std::thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

async fn send<T>(
    question: &Question<'_, T>,
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
) -> Sent<T> {
    if let Some(text) = &question.cached {
        let answer = (question.read)(text).map(|it| (it, text.clone()));
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
async fn ask_and_repair<T>(
    question: &Question<'_, T>,
    limits: &Limits,
    budget: &Budget,
    system: &dyn System,
    spent: &mut Spent,
) -> Result<(T, String), Failure> {
    let prompt = question.prompt.clone()?;
    let endpoint = question.endpoint;
    let caller = Caller::new(endpoint, endpoint.key.read(system)?)?;
    let (reply, used) = caller.ask(&prompt, limits, budget).await?;
    *spent = used;
    let why = match (question.read)(&reply.text) {
        Err(Failure::Invalid(why)) => why,
        read => return read.map(|it| (it, reply.text)),
    };
    let again = format!(
        "{}\n\nYour last answer could not be used: {why}. Answer again, in the form that is asked for.",
        prompt.user
    );
    let (reply, used) = caller.ask(&Prompt { user: again, ..prompt }, limits, budget).await?;
    spent.tokens += used.tokens;
    spent.micros += used.micros;
    (question.read)(&reply.text).map(|it| (it, reply.text))
}

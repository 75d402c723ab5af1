//! Channels over which the server pushes to clients.

use super::vendors::Trade;
use super::view::View;
use super::words::{Topic, Word};
use crate::facts::Fact;
use crate::scope::Role;
use model::NeedKind;
use std::ops::Range;

const KINDS: &[(Topic, &str)] = &[
    (Topic::Game, "game"),
    (Topic::Collab, "collab"),
    (Topic::Presence, "presence"),
    (Topic::PresenceWeak, "presence"),
    (Topic::Play, "game"),
    (Topic::Chat, "chat"),
    (Topic::Notify, "notifications"),
    (Topic::PushOut, "notifications"),
];

/// How surely the name of a channel technology means a channel.
const CHANNEL: u8 = 82;

/// What "real-time" on a screen is worth less than beside a channel: mostly it is praise, and only
/// where it is said twice it counts.
const SHOWN: u8 = 15;

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    for hit in &view.hits {
        let Word::Topic(topic) = hit.meaning else { continue };
        match topic {
            Topic::Live => pushed(view, &hit.range, 70, out),
            Topic::Socket if is_upstream(view, hit.range.start) => {
                pushed(view, &hit.range, 45, out);
            }
            Topic::Socket => pushed(view, &hit.range, CHANNEL, out),
            Topic::Game if is_played_online(view, &hit.range) => {
                out.push(view.need(NeedKind::Realtime, "game", &hit.range, 62));
            }
            Topic::Chat => chat(view, &hit.range, out),
            Topic::Presence if is_of_model(view, &hit.range) => {}
            Topic::Presence => out.push(view.need(NeedKind::Realtime, "presence", &hit.range, 75)),
            Topic::PresenceWeak => {
                let live = [Topic::Live, Topic::Socket, Topic::Collab];
                let sentence = view.sentence(hit.range.start);
                if sentence.any(&live) || view.context.any(&live) {
                    out.push(view.need(NeedKind::Realtime, "presence", &hit.range, 70));
                }
            }
            Topic::Collab => out.push(view.need(NeedKind::Realtime, "collab", &hit.range, 78)),
            _ => {}
        }
    }
    for seen in view.vendors(Trade::Channel) {
        if !seen.vendor.vague || view.sentence(seen.range.start).any(&[Topic::Live, Topic::Socket])
        {
            pushed(view, &seen.range, CHANNEL, out);
        }
    }
}

/// Whether it is a model, or the page while it loads, that "is typing".
fn is_of_model(view: &View<'_>, range: &Range<usize>) -> bool {
    const WORDS: &[&str] = &["assist", "asist", "loading", "chatbot", "llm", "ии", "ассистент"];
    let types = view.text()[range.clone()].contains("typing");
    let sentence = view.sentence(range.start);
    let around = view.around(range);
    types
        && (sentence.any(&[Topic::Model, Topic::Ai])
            || view.context.has(Topic::Model)
            || WORDS.iter().any(|it| around.contains(it)))
}

/// Whether the channel is somebody else's, from which the product reads.
fn is_upstream(view: &View<'_>, at: usize) -> bool {
    const WORDS: &[&str] = &[
        "connect to",
        "connects to",
        "connecting to",
        "subscribe to the",
        "ingest",
        "consume",
        "market data",
        "price feed",
        "exchange api",
        "third-party",
        "upstream",
    ];
    let sentence = &view.text()[view.passage.prose.sentence(at)];
    WORDS.iter().any(|it| sentence.contains(it))
}

/// A chat between people; what a model answers comes without a channel.
fn chat(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let sentence = view.sentence(range.start);
    let modelled = sentence.any(&[Topic::Model, Topic::Ai]) || view.context.has(Topic::Model);
    if !modelled && !sentence.any(&[Topic::Live, Topic::Socket]) {
        let overview = view.scope.role() == Role::Overview;
        let headed = view.is_heading() && view.text().len() <= 40;
        let percent = match () {
            () if overview => 40,
            () if is_feature(&view.text()[view.passage.prose.clause(range.start)]) => 62,
            () if headed => 58,
            () => 40,
        };
        out.push(view.need(NeedKind::Realtime, "chat", range, percent));
    }
}

/// Words that only a chat between people has.
fn is_feature(clause: &str) -> bool {
    const WORDS: &[&str] = &[
        "chat room",
        "group chat",
        "live chat",
        "global chat",
        "chat global",
        "in-app chat",
        "in-app messaging",
        "private messaging",
        "direct messaging",
        "instant messaging",
        "messaging system",
        "chat system",
        "chat feature",
        "chat between",
        "1:1 chat",
        "one-to-one chat",
        "message each other",
        "exchange direct messages",
        "send direct messages",
        "direct messages between",
        "exchange messages",
        "send messages to each other",
        "messages between",
        "private message",
        "chat zwischen",
        "nachrichten zwischen",
        "messagerie entre",
        "messagerie privée",
        "mensajes directos",
        "mensajes entre",
        "mensajería entre",
        "mensajería interna",
        "mensagens diretas",
        "mensagens entre",
        "переписка между",
        "сообщениями между",
        "pesan langsung",
        "obrolan antar",
        "私信",
        "私聊",
        "用户聊天",
        "ダイレクトメッセージ",
        "個別チャット",
        "일대일 채팅",
        "실시간 채팅",
        "gruppenchat",
        "chatraum",
        "chat-funktion",
        "chatfunktion",
        "messagerie instantanée",
        "messagerie interne",
        "chat entre",
        "chat unique",
        "chat commun",
        "sala de chat",
        "salas de chat",
        "chat en vivo",
        "chat grupal",
        "chat em grupo",
        "chat interno",
        "групповой чат",
        "общий чат",
        "чат между",
        "личные сообщения",
        "ruang obrolan",
        "fitur chat",
        "chat antar",
        "聊天室",
        "聊天功能",
        "群聊",
        "即时通讯",
        "チャットルーム",
        "チャット機能",
        "グループチャット",
        "채팅방",
        "채팅 기능",
        "1:1 채팅",
        "단체 채팅",
    ];
    WORDS.iter().any(|it| clause.contains(it))
}

/// Whether what changes "in real time" is a form, a preview or a count on the same screen.
fn is_within_one_screen(view: &View<'_>, clause: &Range<usize>) -> bool {
    const WORDS: &[&str] = &[
        "preview",
        "validat",
        "feedback",
        "character count",
        "as you type",
        "while typing",
        "download progress",
        "recalculat",
        "calculat",
        "slider",
        "character limit",
        "berechn",
        "calcul",
        "cálcul",
        "рассчит",
        "пересчит",
        "hitung",
        "计算",
        "計算",
        "계산",
        "saisie",
        "eingabe",
        "入力",
        "输入",
        "입력",
        "waveform",
        "search result",
        "filter",
        "vorschau",
        "validier",
        "aperçu",
        "vista previa",
        "pré-visualiza",
        "предпросмотр",
        "pratinjau",
        "预览",
        "校验",
        "验证",
        "プレビュー",
        "検証",
        "미리보기",
        "검증",
    ];
    let text = &view.text()[clause.clone()];
    WORDS.iter().any(|it| text.contains(it))
}

/// Whether players need a server between them: no hot seat, no split screen.
fn is_played_online(view: &View<'_>, range: &Range<usize>) -> bool {
    const LOCAL: &[&str] = &[
        "local",
        "hot-seat",
        "hotseat",
        "same device",
        "split-screen",
        "split screen",
        "couch",
        "offline",
        "one device",
        "pass-and-play",
        "pass and play",
        "ai opponent",
        "computer opponent",
        "lokal",
        "gerät",
        "本地",
        "ローカル",
        "로컬",
    ];
    let around = view.around(range);
    !LOCAL.iter().any(|it| around.contains(it))
}

/// What is pushed: the kinds named in the clause, else live updates.
fn pushed(view: &View<'_>, place: &Range<usize>, percent: u8, out: &mut Vec<Fact>) {
    let prose = &view.passage.prose;
    // A row is one statement in several cells.
    // What a developer's tool does live is not what the product does.
    let percent = if view.topics.has(Topic::DevTool) { percent.min(45) } else { percent };
    let clause =
        if view.is_row() { prose.sentence(place.start) } else { prose.clause(place.start) };
    let all = view.within(&clause);
    let alone = ["refresh", "reload", "recarg", "neulad"]
        .iter()
        .any(|it| view.text()[place.clone()].contains(it));
    let mut named = false;
    for (topic, name) in KINDS {
        // A game that needs no page reload may still be played alone.
        if all.has(*topic) && !(alone && *topic == Topic::Play) {
            named = true;
            out.push(view.need(NeedKind::Realtime, name, place, percent));
        }
    }
    if !named {
        let shown = all.has(Topic::Screen) && !is_within_one_screen(view, &clause);
        // "Real-time" alone is mostly praise.
        let percent = match () {
            () if shown => percent.saturating_sub(SHOWN),
            // A channel by its name is one, whatever it is for.
            () if percent >= CHANNEL => 60,
            () => percent.saturating_sub(26),
        };
        out.push(view.need(NeedKind::Realtime, "live-updates", place, percent));
    }
}

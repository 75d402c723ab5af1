//! Phrases that reserve what stands near them, in nine languages. Data only.

use model::Modality;

/// What a phrase does to the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    /// Reserves what follows: "no", "ohne", "例如".
    Before(Modality),
    /// Reserves what precedes: "is not supported", "は対象外".
    After(Modality),
    /// Reserves its clause or, in parentheses, the list entry before them: "phase 2".
    Status(Modality),
    /// Starts a new clause: "but".
    Break,
    /// Looks like a reservation and is none: "not only".
    Pseudo,
}

use Modality::{Example, Excluded, LaterPhase, Optional, OutOfScope};
use Trigger::{After, Before, Break, Pseudo, Status};

/// Words behind which "no" no longer holds.
pub(super) const STOPS: &[&str] = &[
    "to",
    "because",
    "since",
    "so",
    "when",
    "if",
    "until",
    "unless",
    "that",
    "which",
    "who",
    "before",
    "after",
    "therefore",
    "instead",
    "weil",
    "damit",
    "wenn",
    "bevor",
    "parce",
    "afin",
    "quand",
    "avant",
    "porque",
    "cuando",
    "quando",
    "antes",
    "чтобы",
    "потому",
    "если",
    "когда",
    "который",
    "которые",
    "karena",
    "agar",
    "ketika",
    "sebelum",
    "yang",
];

/// Words that go on with a list.
pub(super) const JOINS: &[&str] = &[
    "or", "and", "nor", "und", "oder", "noch", "ni", "et", "ou", "y", "o", "u", "e", "nem", "и",
    "или", "ни", "dan", "atau",
];

/// Words that start a new statement after a comma.
pub(super) const SUBJECTS: &[&str] = &[
    "users",
    "user",
    "the",
    "we",
    "they",
    "it",
    "you",
    "just",
    "only",
    "all",
    "each",
    "every",
    "everything",
    "this",
    "these",
    "he",
    "she",
    "i",
    "then",
    "use",
    "uses",
    "using",
    "is",
    "are",
    "can",
    "will",
    "must",
    "should",
    "shall",
    "there",
    "everyone",
    "anyone",
    "alle",
    "der",
    "die",
    "das",
    "wir",
    "nur",
    "es",
    "man",
    "nutzer",
    "le",
    "la",
    "les",
    "tout",
    "tous",
    "nous",
    "on",
    "seulement",
    "el",
    "los",
    "las",
    "todo",
    "todos",
    "se",
    "solo",
    "os",
    "as",
    "tudo",
    "apenas",
    "все",
    "всё",
    "только",
    "мы",
    "пользователь",
    "пользователи",
    "semua",
    "hanya",
    "cukup",
    "pengguna",
];

pub(super) static PHRASES: &[(Trigger, &str)] = &[
    // English
    (
        Before(Excluded),
        "no|not|without|w/o|don't|doesn't|do not|does not|won't|isn't|aren't|never|\
        neither|nor|no need to|no need for|do not need to|don't need to|does not need to|\
        doesn't need to|not have to|not require|not required to|doesn't require|excluding|excludes|\
        exclude|avoid|instead of|rather than|lacks|lack of|nothing like|zero|skip|skips|\
        not building|not include|migrate away from|migrating from|migrate from|away from|\
        must not require|no longer|non-",
    ),
    (
        Before(OutOfScope),
        "out of scope:|non-goals:|non-goal:|not in scope:|out-of-scope:|\
        not included:|excluded:|won't have:",
    ),
    (
        After(Excluded),
        "not supported|unsupported|not needed|not required|not necessary|\
        not implemented|isn't implemented|is disabled|are disabled|not available|\
        not included|not part of|not planned|is excluded|are excluded|should be retired|will be retired|is retired|are retired|to be retired|removed|not used|unused|\
        is not stored|are not stored|unnecessary|deprecated|will not be|won't be",
    ),
    (
        Status(OutOfScope),
        "out of scope|out-of-scope|not in scope|non-goal|non-goals|\
        won't have|beyond the scope|outside the scope|outside of scope|not in mvp|not in the mvp|\
        not in v1|not for mvp|not for v1",
    ),
    (
        Status(LaterPhase),
        "phase 2|phase 3|phase 4|phase 5|phase two|phase three|phase ii|phase iii|\
        phase2|phase3|in v2|in v3|v2+|(v2)|v2:|v3:|version 2|post-mvp*|post mvp|post-launch*|post-hackathon|post-bounty|post-submission|post-demo|post-v2|post-release|post-beta|post-v1|\
        after mvp|after the mvp|after launch|in the future|(future)|future:|future phase|future phases|\
        future version|future versions|future release|future releases|future enhancement|\
        future enhancements|future work|future consideration|future considerations|\
        future improvement|future improvements|later phase|later phases|later version|\
        later release|at a later|in a later|(later)|later:|added later|add later|eventually|\
        coming soon|not yet|follow-up release|deferred|defer to|on the roadmap",
    ),
    (
        Status(Optional),
        "optional|optionally|(optional)|optional:|nice to have|nice-to-have|nice to haves|\
        stretch goal|stretch goals|if time permits|if time allows|could have|would be nice|\
        bonus|(bonus)|(could)|(p2)|(p3)|possibly|potentially|maybe|tbd|to be decided|to be determined",
    ),
    (
        Before(Example),
        "e.g.|eg.|e.g|for example|for instance|such as|services like|tools like|\
        apps like|platforms like|providers like|something like|similar to|inspired by|\
        modeled after|modelled after|reminiscent of|compared to|competitors|competitor|\
        unlike|alternatives:|alternative to",
    ),
    (Break, "but|however|whereas|although|though|yet|except"),
    (
        Pseudo,
        "not only|not just|not merely|not limited to|no more than|no later than|not later than|\
        no less than|no fewer than|not more than|not exceed|not less than|without leaving|\
        without reloading|without reload|without refreshing|without refresh|without page reload|\
        without a page reload|without the need to reload|no-code|if not|whether or not|not found|\
        not empty|not null|no matter|why not|cannot be empty|no data|no results|does not exist|\
        do not exist|doesn't exist|don't exist|is not valid|not valid|not be blank|no sooner|\
        no single|not less|never expose|never exposed|never log|never logged|never commit|\
        never stored in plain|not stored in plain|not in plain text|not be stored in plain|do not store plain|not be exposed|\
        without blocking|without manual|no manual|non-blocking|non-functional|non-technical|\
        without downtime|zero downtime|not yet exist|no one else|not logged in|not signed in|\
        not authenticated|optional chaining|is not authenticated|are not authenticated|\
        no authenticated|not already|zero-|zero trust|yet another",
    ),
    // German
    (
        Before(Excluded),
        "kein|keine|keinen|keiner|keinem|keines|ohne|nicht|weder|niemals|statt|\
        anstatt|anstelle|verzicht auf|ausgenommen",
    ),
    (
        After(Excluded),
        "wird nicht unterstützt|nicht unterstützt|nicht nötig|nicht notwendig|\
        nicht erforderlich|nicht benötigt|nicht vorgesehen|nicht geplant|nicht enthalten|\
        nicht umgesetzt|nicht implementiert|entfällt|entfallen|nicht verwendet|nicht gespeichert|\
        ist ausgeschlossen|gibt es nicht",
    ),
    (
        Status(OutOfScope),
        "nicht im scope|außerhalb des scopes|nicht im umfang|nicht teil des|\
        nicht bestandteil|nicht-ziele|nichtziele|nicht-ziel|nicht im mvp",
    ),
    (
        Status(LaterPhase),
        "phase 2:|zukünftig|in zukunft|künftig|(später)|später:|spätere version|\
        späteren version|in einer späteren|später ergänzt|stufe 2|ausbaustufe|perspektivisch|\
        noch nicht",
    ),
    (
        Status(Optional),
        "optionale|optionaler|optionales|optionalen|wünschenswert|gegebenenfalls|eventuell|\
        ggf.|nice-to-have|kann-ziel",
    ),
    (
        Before(Example),
        "zum beispiel|z.b.|z. b.|beispielsweise|wie etwa|ähnlich wie|inspiriert von|\
        im stil von",
    ),
    (Break, "aber|sondern|jedoch|allerdings|während"),
    (
        Pseudo,
        "nicht nur|nicht mehr als|nicht leer|nicht länger als|nicht gefunden|wenn nicht|\
        nicht angemeldet|nicht eingeloggt|ohne neuladen|ohne neu zu laden",
    ),
    // French
    (
        Before(Excluded),
        "pas de|pas d'|pas|sans|aucun|aucune|ni|jamais|au lieu de|plutôt que|hormis|\
        exclut|éviter",
    ),
    (
        After(Excluded),
        "n'est pas pris en charge|non pris en charge|pas nécessaire|n'est pas nécessaire|\
        n'est pas prévu|n'est pas prévue|non prévu|non inclus|non incluse|non requis|pas requis|exclu|exclue|exclus",
    ),
    (
        Status(OutOfScope),
        "hors périmètre|hors scope|hors du périmètre|hors-périmètre|hors mvp|non-objectifs",
    ),
    (
        Status(LaterPhase),
        "à l'avenir|plus tard|ultérieurement|version ultérieure|version future|versions futures|(futur)|futur :|\
        évolution future|évolutions futures|dans un second temps|prochaine version|à terme",
    ),
    (
        Status(Optional),
        "optionnel|optionnelle|optionnels|optionnelles|facultatif|facultative|\
        éventuellement|souhaitable|si possible",
    ),
    (
        Before(Example),
        "par exemple|p. ex.|p.ex.|ex.:|ex :|tel que|telle que|tels que|telles que|à la manière de|\
        similaire à|inspiré de|inspirée de|comme par exemple",
    ),
    (Break, "mais|cependant|toutefois|en revanche|tandis que"),
    (
        Pseudo,
        "pas seulement|non seulement|pas plus de|ne pas dépasser|sans rechargement|sans recharger|\
        pas vide|non connecté|non authentifié|si pas|pas à pas",
    ),
    // Spanish
    (
        Before(Excluded),
        "sin|ningún|ninguna|ninguno|tampoco|nunca|en lugar de|en vez de|no hay|no se|\
        no requiere|no incluye|no necesita|no tiene|no habrá|excluye",
    ),
    (
        After(Excluded),
        "no soportado|no soportada|no está soportado|no es necesario|no es necesaria|no necesario|\
        no requerido|no incluido|no incluida|no se incluye|no se implementa|excluido|excluida|no está incluido",
    ),
    (Status(OutOfScope), "fuera de alcance|fuera del alcance|no objetivos|fuera de scope"),
    (
        Status(LaterPhase),
        "en el futuro|a futuro|futura versión|futuras versiones|próxima versión|\
        próximas versiones|más adelante|fase 2|fase 3|fase ii|segunda fase|futuro|futura",
    ),
    (Status(Optional), "opcional|opcionales|opcionalmente|deseable|si es posible|eventualmente"),
    (
        Before(Example),
        "por ejemplo|p. ej.|p.ej.|ej.:|ej:|tales como|tal como|similar a|inspirado en|\
        inspirada en|al estilo de",
    ),
    (Break, "pero|sino|sin embargo|mientras que"),
    (
        Pseudo,
        "no solo|no sólo|no más de|no superior|no vacío|si no|sin recargar|sin recarga|\
        no autenticado|no encontrado|no debe superar",
    ),
    // Portuguese
    (Before(Excluded), "sem|nenhum|nenhuma|nem|nunca|em vez de|ao invés de|não"),
    (
        After(Excluded),
        "não suportado|não suportada|não é necessário|não é necessária|não necessário|\
        não requerido|não incluído|não incluída|não será implementado|não será implementada|não implementado",
    ),
    (
        Status(OutOfScope),
        "fora do escopo|fora de escopo|fora do âmbito|não objetivos|não-objetivos",
    ),
    (
        Status(LaterPhase),
        "no futuro|versão futura|versões futuras|próxima versão|futuramente|\
        mais tarde|mais adiante|segunda fase",
    ),
    (Status(Optional), "opcionais|desejável|se possível|caso haja tempo"),
    (
        Before(Example),
        "por exemplo|p. ex.|como por exemplo|tais como|semelhante a|inspirado em|inspirada em",
    ),
    (Break, "mas|porém|contudo|entretanto|enquanto"),
    (
        Pseudo,
        "não só|não apenas|não mais que|não mais de|não vazio|se não|sem recarregar|não autenticado|\
        não encontrado|não deve ultrapassar",
    ),
    // Russian
    (
        Before(Excluded),
        "нет|без|не|ни|никаких|никакой|никакие|вместо|кроме|исключая|отсутствует|\
        отсутствуют|отсутствие",
    ),
    (
        After(Excluded),
        "не требуется|не требуются|не нужен|не нужна|не нужны|не нужно|не поддерживается|\
        не поддерживаются|не реализуется|не реализуются|не предусмотрен|не предусмотрена|\
        не предусмотрены|не предусмотрено|не входит|не входят|исключен|исключена|исключено|\
        не планируется|не используется|не используются|отсутствует|отсутствуют|отключен",
    ),
    (
        Status(OutOfScope),
        "вне рамок|вне скоупа|за рамками|не входит в mvp|не входит в объем|вне области",
    ),
    (
        Status(LaterPhase),
        "в будущем|в дальнейшем|позже|будущая версия|будущие версии|следующая версия|\
        следующей версии|этап 2|этап 3|второй этап|фаза 2|на втором этапе|впоследствии|пока не",
    ),
    (
        Status(Optional),
        "опционально|опциональный|опциональная|опциональные|опциональное|по желанию|желательно|\
        необязательно|возможно|при необходимости",
    ),
    (
        Before(Example),
        "например|напр.|к примеру|такие как|таких как|вроде|наподобие|аналогично|\
        похоже на|по аналогии с",
    ),
    (Break, "но|однако|зато|а также"),
    (
        Pseudo,
        "не только|не более|не менее|не позднее|не должен превышать|не превышает|не пустой|не пустое|\
        не найден|если не|без перезагрузки|не авторизован|не авторизованный|не зависит|не может",
    ),
    // Indonesian
    (
        Before(Excluded),
        "tidak|tanpa|bukan|tak|belum|daripada|kecuali|tidak ada|tidak perlu|\
        tidak membutuhkan|tidak memerlukan|tidak termasuk",
    ),
    (
        After(Excluded),
        "tidak didukung|tidak diperlukan|tidak dibutuhkan|tidak termasuk|tidak digunakan",
    ),
    (Status(OutOfScope), "di luar cakupan|di luar lingkup|di luar ruang lingkup|luar scope"),
    (
        Status(LaterPhase),
        "di masa depan|masa depan|versi berikutnya|tahap berikutnya|fase berikutnya|\
        tahap 2|nantinya|pengembangan selanjutnya",
    ),
    (Status(Optional), "opsional|jika memungkinkan|bila memungkinkan"),
    (Before(Example), "misalnya|contohnya|contoh:|seperti misalnya|mirip dengan|terinspirasi"),
    (Break, "tetapi|tapi|namun|sedangkan|melainkan"),
    (
        Pseudo,
        "tidak hanya|tidak lebih dari|tidak kurang dari|tidak boleh kosong|tidak kosong|jika tidak|\
        tidak valid|tidak ditemukan|tanpa reload|tanpa refresh|tidak melebihi",
    ),
    // Chinese
    (
        Before(Excluded),
        "不需要|无需|無需|不支持|不提供|不包含|不包括|不涉及|不做|不使用|不引入|不依赖|\
        不实现|暂不|不设|不接入|没有|沒有|不用|无|不再|而不是|避免|非|不会|不需|不含",
    ),
    (After(Excluded), "不在范围内|不在本次范围|不在本期|暂不支持|暂不实现|不予支持|不纳入"),
    (Status(OutOfScope), "超出范围|范围外|非目标|不在范围"),
    (
        Status(LaterPhase),
        "后续版本|后期|未来|将来|二期|第二阶段|第二期|下一阶段|下一版本|后续迭代|\
        后续扩展|后续支持|扩展功能|拓展功能|作为扩展|远期|阶段二",
    ),
    (Status(Optional), "不强制|时间允许|进度允许|可选|选填|可选项|非必须|非必需|加分项|锦上添花"),
    (Before(Example), "例如|比如|譬如|诸如|类似于|类似|参考|举例"),
    (Break, "但是|但|而是|然而|不过|因此|所以"),
    (
        Pseudo,
        "不仅|不只|不超过|不少于|不大于|不小于|不能为空|不为空|非空|不得超过|无论|非功能|未登录|\
        不存在|无刷新|无需刷新|无缝|无限|无障碍|非常|不同|不可为空|无法|非法",
    ),
    // Japanese
    (
        After(Excluded),
        "不要|なし|しない|対象外|行わない|持たない|使わない|使用しない|ありません|\
        含まない|含めない|未対応|対応しない|できない|実装しない|必要ない|必要はない|不使用|いらない|\
        保存しない|送信しない|設けない|設けません|設けず|実施しない|想定しない|考慮しない|採用しない|導入しない|行いません|求めない|利用しない|作成しない|しません|提供しない|非対応",
    ),
    (Status(OutOfScope), "スコープ外|範囲外|対象範囲外|非目標|やらないこと"),
    (
        Status(LaterPhase),
        "将来的|将来対応|将来|今後|次期|フェーズ2|フェーズ3|フェーズ 2|第2段階|\
        次バージョン|後日|ゆくゆく|v2以降|第二フェーズ",
    ),
    (Status(Optional), "任意|オプション|できれば|あれば望ましい|余裕があれば"),
    (Before(Example), "例えば|たとえば|例:|例："),
    (Break, "しかし|ただし|一方で|代わりに|ため、|ので、|ことから、"),
    (
        Pseudo,
        "だけでなく|のみならず|しないと|なしで|しなければ|ログインしていない|空でない|\
        なければならない|かもしれない|問題なし",
    ),
    // Korean
    (
        After(Excluded),
        "없음|없이|없다|없습니다|없는|않음|않는다|않습니다|않는|제외|불필요|미지원|\
        안 함|안함|하지 않|필요 없|필요없|미포함|미구현|미사용|대신",
    ),
    (Status(OutOfScope), "범위 외|범위 밖|범위에서 제외|제외 범위|비목표|스코프 외"),
    (Status(LaterPhase), "추후|향후|2단계|3단계|2차 개발|차기 버전|다음 버전|나중에|장기적"),
    (Status(Optional), "선택 사항|선택사항|선택적|옵션|가능하다면"),
    (Before(Example), "예를 들어|예:|예컨대|예시:|가령"),
    (Break, "하지만|그러나|다만|반면|때문에|으므로|하므로"),
    (
        Pseudo,
        "뿐만 아니라|뿐 아니라|없으면|않으면|문제없|새로고침 없이|새로 고침 없이|끊김 없이|\
        로그인하지 않은|평문이 아닌|평문으로 저장하지 않|비어 있지|수 없|제외한",
    ),
    // Marks that tables use.
    (Status(Excluded), "❌|✗|✘|🚫"),
];

//! What is done on a schedule and who does it, in ten languages: starts of words. Data only.

use crate::pattern::compile;
use regex::Regex;
use std::sync::LazyLock;

/// A time of day.
pub(super) static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}\s?(?:am|pm|a\.m\.|p\.m\.|uhr|h|o'clock)\b|\bum \d{1,2}\b|\bpukul \d|\bв \d{1,2}\b|midnight|mitternacht|minuit|",
        r"medianoche|meia-noite|полночь|tengah malam|凌晨|早上|晚上|\d\s?[点點]|\d\s?時|深夜|새벽|아침|\d\s?시에|\d\s?시\b|자정",
    ))
});

/// Cadences that nobody keeps by hand.
pub(super) const NIGHT: &[&str] = &[
    "night",
    "nacht",
    "nächt",
    "nuit",
    "noche",
    "noite",
    "ноч",
    "malam",
    "晚",
    "夜",
    "밤",
    "midnight",
    "end of",
    "month-end",
    "monatsende",
    "1st of",
    "first of",
    "first day of",
    "1er",
    "fin de",
    "día 1",
    "dia 1",
    "月末",
    "月底",
    "月初",
    "말",
    "akhir bulan",
    "awal bulan",
    "каждого месяца",
];

/// People who do a thing themselves.
pub(super) const PEOPLE: &[&str] = &[
    "user",
    "member",
    "customer",
    "people",
    "player",
    "student",
    "employee",
    "staff",
    "team",
    "we ",
    "they ",
    "i ",
    "you ",
    "client ",
    "admin",
    "manager",
    "editor",
    "author",
    "teacher",
    "coach",
    "parent",
    "patient",
    "nutzer",
    "mitglied",
    "kunde",
    "mitarbeiter",
    "schüler",
    "wir ",
    "utilisateur",
    "membre",
    "élève",
    "employé",
    "nous ",
    "usuario",
    "usuário",
    "cliente",
    "alumno",
    "aluno",
    "empleado",
    "funcionário",
    "jugador",
    "jogador",
    "пользовател",
    "участник",
    "клиент",
    "сотрудник",
    "ученик",
    "игрок",
    "pengguna",
    "anggota",
    "siswa",
    "karyawan",
    "pelanggan",
    "用户",
    "会员",
    "员工",
    "学生",
    "玩家",
    "ユーザー",
    "利用者",
    "会員",
    "社員",
    "生徒",
    "사용자",
    "회원",
    "직원",
    "학생",
    "유저",
];

/// Words that turn people into those to whom it is done.
pub(super) const RECEIVE: &[&str] = &[
    "receive",
    "get a",
    "get an",
    "gets a",
    "are sent",
    "is sent",
    "are notified",
    "is notified",
    "are reminded",
    "is reminded",
    "erhalten",
    "erhält",
    "bekommen",
    "bekommt",
    "reçoi",
    "reciben",
    "recibe",
    "recebem",
    "recebe",
    "получа",
    "menerima",
    "收到",
    "发送给",
    "向用户",
    "届く",
    "送信",
    "通知する",
    "받는다",
    "받습니다",
    "발송",
    "전송",
];

/// What runs in the client, or is done to the software itself.
pub(super) const CLIENT: &[&str] = &[
    "autosave",
    "auto-save",
    "client poll",
    "browser poll",
    "frontend poll",
    "release",
    "sprint",
    "deploy",
    "meeting",
    "stand-up",
    "standup",
    "retro",
    "per day on",
    "speichert automatisch",
    "sauvegarde automatique du",
    "session",
    "cookie",
    "token",
];

/// What a machine does.
#[rustfmt::skip]
pub(super) const DEEDS: &[&str] = &[
    "delet", "purg", "remov", "clear", "recomput", "recalcul", "calculat", "reset", "generat", "creat", "issue", "charge", "bill", "renew", "send", "sent",
    "email", "notif", "remind", "fetch", "pull", "import", "updat", "refresh", "check", "scan", "clos", "archiv", "expir", "rotat", "process", "sync",
    "post", "publish", "rebuild", "aggregat", "mark", "escalat", "settle", "pays out", "paid out", "payout", "rolls", "rank", "analyz", "analys", "crawl", "scrap",
    "backed up", "back up", "backup", "summar", "receive", "digest", "deactivat", "lock", "assign", "replenish", "grant", "award", "snapshot", "compil", "collect", "deliver", "reindex", "retrain", "compute", "evaluat", "trigger", "execut", "runs", "starts",
    "lösch", "gelöscht", "bereinig", "erzeug", "erstell", "generier", "versend", "verschick", "send", "aktualisier", "abgleich", "abgeglich", "berechn", "geprüft", "prüft", "abgerufen", "archivier", "gesichert", "zurückgesetzt", "synchronisier", "importier", "abgerechnet", "geschlossen", "erinner",
    "supprim", "envoi", "envoy", "génér", "calcul", "mis à jour", "mise à jour", "met à jour", "actualis", "rafraîch", "vérifi", "récupér", "archiv", "sauvegard", "réinitialis", "synchronis", "factur", "purge", "relanc", "clôtur", "notifi", "créé",
    "elimin", "borra", "envía", "envia", "genera", "crea", "calcula", "actualiza", "verifica", "comprueba", "archiva", "reinicia", "sincroniza", "respald", "cobra", "factura", "importa", "cierra", "notifica", "ejecuta", "limpia",
    "exclu", "apaga", "remove", "envi", "gera", "gerad", "cria", "atualiza", "verific", "arquiva", "reinicia", "sincroniz", "cobr", "fatur", "import", "fecha", "notific", "execut", "roda", "limp", "calcul",
    "удаля", "удал", "очища", "отправля", "рассыла", "приход", "формир", "созда", "генерир", "пересчит", "рассчит", "обновля", "провер", "архивир", "сбрасыва", "обнуля", "синхрониз", "списыва", "начисля", "импортир", "закрыва", "уведомл", "запуска", "выгруж", "собира", "продлева",
    "hapus", "mengirim", "dikirim", "dibuat", "membuat", "hitung", "diperbarui", "memperbarui", "periksa", "mengecek", "diarsip", "direset", "sinkron", "ditagih", "menagih", "diimpor", "ditutup", "notifikasi", "dijalankan", "mengambil", "diambil",
    "删除", "清理", "清空", "发送", "推送", "生成", "创建", "计算", "统计", "更新", "刷新", "检查", "扫描", "归档", "重置", "同步", "扣款", "结算", "导入", "关闭", "通知", "提醒", "执行", "抓取", "采集", "备份", "汇总", "续费",
    "削除", "送信", "配信", "生成", "作成", "集計", "計算", "更新", "確認", "チェック", "アーカイブ", "リセット", "同期", "請求", "取得", "取り込", "通知", "実行", "バックアップ", "クリア",
    "삭제", "발송", "전송", "보내", "생성", "계산", "집계", "갱신", "업데이트", "확인", "점검", "초기화", "동기화", "청구", "결제", "정산", "수집", "가져오", "종료", "알림", "실행", "백업", "발행", "마감",
];

/// What a schedule is named after, by the starts of the words for it.
#[rustfmt::skip]
pub(super) const THINGS: &[(&str, &[&str])] = &[
    ("digest", &["digest", "дайджест", "ダイジェスト", "summary", "zusammenfassung", "übersicht", "récapitulatif", "resumen", "resumo", "сводк", "ringkasan", "汇总", "まとめ", "요약"]),
    ("reminders", &["remind", "erinner", "rappel", "recordatorio", "lembrete", "напомин", "pengingat", "提醒", "リマイン", "리마인"]),
    ("backup", &["backup", "back up", "backed up", "sicherung", "sauvegarde", "copia de seguridad", "copias de seguridad", "respaldo", "cópia", "резервн", "бэкап", "cadang", "备份", "バックアップ", "백업"]),
    ("report", &["report", "bericht", "rapport", "informe", "relatório", "отчет", "отчёт", "laporan", "报", "レポート", "보고서", "리포트"]),
    ("newsletter", &["newsletter"]),
    ("cleanup", &["clean", "purge", "delet", "remov", "expir", "bereinig", "lösch", "nettoyage", "supprim", "limpi", "limpe", "elimin", "borra", "exclu", "очист", "удал", "pembersih", "hapus", "清理", "删除", "クリーンアップ", "削除", "정리", "만료", "삭제"]),
    ("sync", &["sync", "sinc", "синхр", "sinkron", "同步", "同期", "동기화", "abgleich"]),
    ("import", &["import", "импорт", "导入", "インポート", "取り込", "가져오"]),
    ("billing", &["invoice", "billing", "charge", "renew", "rechnung", "abrechnung", "factur", "fatura", "cobran", "счет", "счёт", "списан", "tagihan", "账单", "扣款", "続費", "请求", "請求", "청구", "정산", "결제", "subscription"]),
    ("payroll", &["payroll", "salary", "gehalt", "paie", "nómina", "folha de pagamento", "зарплат", "gaji", "工资", "給与", "급여"]),
    ("rates", &["exchange rate", "wechselkurs", "taux de change", "tipo de cambio", "câmbio", "курс", "kurs", "汇率", "為替", "환율"]),
    ("prices", &["price", "preis", "prix", "precio", "preço", "цен", "harga", "价格", "価格", "가격"]),
    ("ranking", &["ranking", "leaderboard", "rangliste", "classement", "clasificación", "рейтинг", "peringkat", "排行", "ランキング", "랭킹"]),
    ("reset", &["reset", "zurückgesetzt", "réinitialis", "reinici", "сброс", "сбрасыва", "重置", "リセット", "초기화"]),
    ("scan", &["scan", "scrap", "crawl", "fetch", "poll", "провер", "抓取", "수집"]),
    ("check", &["check", "prüf", "vérifi", "verific", "comprob", "检查", "確認", "チェック", "점검", "확인"]),
    ("aggregation", &["aggregat", "rollup", "roll-up", "集計", "집계", "统计"]),
    ("update", &["update", "refresh", "aktualis", "mise à jour", "actualiz", "atualiz", "обновл", "更新", "갱신", "업데이트"]),
    ("archive", &["archiv", "归档", "アーカイブ"]),
    ("publish", &["publish", "veröffentlich", "publi", "发布", "公開", "발행"]),
    ("email", &["email", "e-mail", "mail", "correo", "письм", "почт", "邮件", "メール", "이메일"]),
    ("notification", &["notif", "benachrichtig", "уведомл", "通知", "알림", "push"]),
];

/// "Are refreshed", "werden gelöscht": done by nobody who is named.
pub(super) static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b(?:is|are|be|gets?|was) (?:\w+ly )?(?:\w+ed|reset|sent|run|rebuilt|paid)\b|\b(?:resets|refreshes|expires|renews|recalculates|updates|runs|rotates|closes) ",
        r"|\bwerden\b|\bwird\b|\b(?:est|sont|sera|seront) \w+é|\bse \w+[aeo]n?\b|\b(?:é|são|será|serão) \w+[ao]s?\b|\w+(?:ется|ются|ится|атся|ятся)\b|\bdi\w+",
    ))
});

/// Time spans that people choose between to look at numbers.
pub(super) const SPANS: &[&str] = &[
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "täglich",
    "wöchentlich",
    "monatlich",
    "quotidien",
    "hebdo",
    "mensuel",
    "diari",
    "semanal",
    "mensual",
    "diári",
    "mensal",
    "ежедневн",
    "еженедель",
    "ежемесяч",
    "harian",
    "mingguan",
    "bulanan",
];

/// Times of a cadence that is told by another word.
pub(super) const WHEN: &[&str] = &["at midnight", "overnight", "end of each day", "per day at"];

/// Days of the week by the starts of their names.
#[rustfmt::skip]
pub(super) const DAYS: &[(&str, &[&str])] = &[
    ("monday", &["monday", "montag", "lundi", "lunes", "segunda", "понедельник", "senin", "周一", "月曜", "월요일"]),
    ("tuesday", &["tuesday", "dienstag", "mardi", "martes", "terça", "вторник", "selasa", "周二", "火曜", "화요일"]),
    ("wednesday", &["wednesday", "mittwoch", "mercredi", "miércoles", "quarta", "сред", "rabu", "周三", "水曜", "수요일"]),
    ("thursday", &["thursday", "donnerstag", "jeudi", "jueves", "quinta", "четверг", "kamis", "周四", "木曜", "목요일"]),
    ("friday", &["friday", "freitag", "vendredi", "viernes", "sexta", "пятниц", "jumat", "周五", "金曜", "금요일"]),
    ("saturday", &["saturday", "samstag", "samedi", "sábado", "суббот", "sabtu", "周六", "土曜", "토요일"]),
    ("sunday", &["sunday", "sonntag", "dimanche", "domingo", "воскресен", "hari minggu", "周日", "日曜", "일요일"]),
];

/// What has a span without being done in it, behind the cadence.
#[rustfmt::skip]
pub(super) const AMOUNTS: &[&str] = &[
    "income", "expense", "saving", "budget", "average", "limit", "cost", "revenue", "total", "quota", "price", "fee", "rent", "spend", "amount", "value", "active", "allowance limit", "volume", "cap",
    "einkommen", "ausgabe", "kosten", "budget", "durchschnitt", "umsatz", "miete", "betrag", "limit",
    "доход", "расход", "бюджет", "лимит", "сумм", "средн",
];

/// The same before it, in languages whose adjectives follow.
#[rustfmt::skip]
pub(super) const AMOUNTS_BEFORE: &[&str] = &[
    "promedio", "ingreso", "gasto", "presupuesto", "límite", "costo", "coste", "total", "cuota", "media", "tiempo", "gráfic", "carpeta", "subcarpeta", "consumo", "objetivo",
    "renda", "receita", "despesa", "orçamento", "limite", "custo", "média", "caixa", "tempo", "pasta", "meta",
    "revenu", "dépense", "budget", "coût", "moyenne", "loyer", "abonnement", "objectif",
    "pendapatan", "pengeluaran", "anggaran", "biaya", "batas", "target",
];

//! English names for fields that a spec lists in another language.

use super::lexicon::fold;
use super::{compounds, labels, names};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

/// The column that a label names: its identifier, else its English gloss, else its own words.
pub(super) fn column_name(label: &str) -> Option<String> {
    const WORDS_MAX: usize = 4;
    let label =
        label.trim().trim_matches(|it: char| !it.is_alphanumeric() && it != '_' && it != ')');
    let bare = label.split(['(', '（', '[']).next().unwrap_or(label).trim();
    if bare.is_ascii() {
        let name = names::snake(bare);
        let fits = !name.is_empty()
            && name.len() <= 48
            && bare.split_whitespace().count() <= WORDS_MAX
            && name.starts_with(|it: char| it.is_ascii_alphabetic());
        // An identifier is no phrase.
        let is_code = name.contains('_') && !bare.contains([' ', '-']);
        let known = || {
            let compound = || compounds::name(bare).filter(|_| !is_code);
            gloss(&name).map(str::to_owned).or_else(compound)
        };
        return fits.then(|| known().unwrap_or_else(|| name.clone()));
    }
    if let Some(inner) = label.strip_prefix(bare).and_then(identifier) {
        return Some(inner);
    }
    if bare.chars().count() > 30 || bare.split_whitespace().count() > WORDS_MAX {
        return None;
    }
    // The letters of a column are plain, where they are Latin.
    let own = names::snake(&labels::bare(bare));
    Some(gloss(bare).map(str::to_owned).or_else(|| compounds::name(bare)).unwrap_or(own))
}

/// The column that a phrase of many words names: only where all of it is understood.
pub(super) fn of_phrase(label: &str) -> Option<String> {
    const PHRASE_BYTES_MAX: usize = 60;
    if label.len() > PHRASE_BYTES_MAX {
        return None;
    }
    gloss(label).map(str::to_owned).or_else(|| compounds::name(label))
}

/// Both columns of "nom et prénom".
pub(super) fn pair(part: &str) -> Option<(String, String)> {
    const JOINTS: &[&str] = &[" et ", " y ", " e ", " und ", " и ", " dan "];
    let (left, right) = JOINTS.iter().find_map(|it| part.split_once(it))?;
    Some((gloss(left.trim())?.to_owned(), gloss(right.trim())?.to_owned()))
}

/// Whether a label in another language is one of a known field.
pub(super) fn is_glossed(label: &str) -> bool {
    gloss(label.split(['(', '（']).next().unwrap_or(label).trim()).is_some()
}

/// Whether a canonical name is one that many tables have.
pub(super) fn is_common(name: &str) -> bool {
    WORDS.iter().any(|(known, _)| *known == name)
}

/// `(category)` behind a label.
pub(super) fn identifier(rest: &str) -> Option<String> {
    let inner = rest.trim().trim_matches(['(', ')', '（', '）', '[', ']', '`', ' ']);
    let is_identifier = inner.len() >= 2
        && inner.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && inner.starts_with(|it: char| it.is_ascii_alphabetic());
    is_identifier.then(|| names::snake(inner))
}

pub(super) fn gloss(label: &str) -> Option<&'static str> {
    let folded = fold(label).replace('_', " ");
    let found = GLOSSES.automaton.find_iter(&folded).find(|it| it.len() == folded.len())?;
    Some(GLOSSES.names[found.pattern().as_usize()])
}

struct Glosses {
    automaton: AhoCorasick,
    names: Vec<&'static str>,
}

static GLOSSES: LazyLock<Glosses> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut names = Vec::new();
    for (name, words) in WORDS {
        for word in words.split('|') {
            patterns.push(word.to_owned());
            names.push(*name);
            // Many write without accents.
            let bare = labels::bare(word);
            if bare != word {
                patterns.push(bare);
                names.push(*name);
            }
        }
    }
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&patterns)
        .expect("a few hundred words fit an automaton");
    Glosses { automaton, names }
});

#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("name", "nombre|nome|nom|имя|название|наименование|nama|名称|姓名|名字|名前|氏名|이름|이름명"),
    ("id", "identifiant|identifiant unique|identificador|identificador único|kennung|eindeutige id|eindeutige kennung|идентификатор|уникальный идентификатор|id unik|唯一标识|编号|識別子|고유 식별자|고유번호|고유 id"),
    ("phone", "numéro de téléphone|número de teléfono|número de telefone|celular|handynummer|номер мобильного|nomor hp|手机|手机号码|携帯番号|휴대폰|휴대폰 번호|휴대전화"),
    ("email", "adresse email|adresse mail|e-mail adresse|mail|email adresse|correo electronico|endereço de email|endereço de e-mail|адрес электронной почты|alamat email|电子邮件|이메일 주소"),
    ("full_name", "nombre completo|nome completo|nom complet|vollständiger name|фио|полное имя|nama lengkap"),
    ("first_name", "vorname|prénom|имя пользователя"),
    ("last_name", "nachname|apellido|apellidos|sobrenome|фамилия"),
    ("username", "benutzername|nom d'utilisateur|nombre de usuario|nome de usuário|логин|имя пользователя|nama pengguna|用户名|ユーザー名|아이디|pseudo"),
    ("email", "e-mail|e mail|correo|correo electrónico|adresse e-mail|e-mail-adresse|электронная почта|почта|邮箱|电子邮箱|メールアドレス|メール|이메일"),
    ("password", "passwort|mot de passe|contraseña|senha|пароль|kata sandi|密码|パスワード|비밀번호"),
    ("phone", "telefon|telefonnummer|téléphone|teléfono|telefone|телефон|номер телефона|telepon|nomor telepon|no hp|电话|手机号|联系电话|電話番号|전화번호|연락처"),
    ("address", "adresse|dirección|endereço|адрес|alamat|地址|住所|주소"),
    ("title", "titel|titre|título|titulo|заголовок|judul|标题|タイトル|제목"),
    ("description", "beschreibung|descripción|descrição|описание|deskripsi|描述|说明|説明|설명"),
    ("content", "inhalt|contenu|contenido|conteúdo|содержание|текст|isi|konten|内容|本文|내용"),
    ("date", "datum|fecha|data|дата|tanggal|日期|日付|날짜"),
    ("birth_date", "geburtsdatum|date de naissance|fecha de nacimiento|data de nascimento|дата рождения|tanggal lahir|生日|出生日期|生年月日|생년월일"),
    ("status", "statut|estado|situação|статус|状态|ステータス|状態|상태"),
    ("price", "preis|prix|precio|preço|цена|harga|价格|単価|価格|가격"),
    ("amount", "betrag|montant|monto|importe|valor|сумма|jumlah|金额|金額|금액"),
    ("quantity", "menge|anzahl|quantité|cantidad|quantidade|количество|kuantitas|数量|수량"),
    ("category", "kategorie|catégorie|categoría|categoria|категория|kategori|类别|分类|カテゴリ|카테고리"),
    ("type", "typ|tipo|тип|tipe|类型|種類|種別|유형|종류"),
    ("role", "rolle|rôle|rol|papel|роль|peran|角色|権限|역할"),
    ("image", "bild|imagen|imagem|изображение|gambar|图片|画像|이미지"),
    ("photo", "foto|фото|照片|写真|사진"),
    ("avatar", "аватар|头像|アバター|프로필 사진"),
    ("comment", "kommentar|commentaire|comentario|comentário|комментарий|komentar|评论|コメント|댓글"),
    ("rating", "bewertung|calificación|avaliação|рейтинг|оценка|评分|評価|평점"),
    ("created_at", "erstellt am|erstellungsdatum|date de création|fecha de creación|data de criação|дата создания|tanggal dibuat|创建时间|作成日時|작성일|생성일|등록일"),
    ("updated_at", "geändert am|date de modification|fecha de actualización|data de atualização|дата обновления|更新时间|更新日時|수정일"),
    ("user", "benutzer|utilisateur|usuario|usuário|пользователь|pengguna|用户|ユーザー|사용자"),
    ("customer", "kunde|cliente|клиент|客户|顧客|고객"),
    ("patient", "paciente|пациент|pasien|患者|환자"),
    ("doctor", "médico|arzt|врач|dokter|医生|医師|의사"),
    ("specialty", "especialidade|especialidad|especialidade(s)|spécialité|fachgebiet|специальность"),
    ("date_time", "data e hora|fecha y hora|date et heure|datum und uhrzeit|дата и время"),
    ("notes", "notizen|observações|observaciones|notas|remarques|примечания|примечание|catatan|备注|備考|메모|비고"),
    ("brand", "marke|marque|marca|марка|бренд|merek|品牌|ブランド|브랜드"),
    ("model", "modell|modèle|modelo|модель"),
    ("license_plate", "kennzeichen|immatriculation|matrícula|placa|госномер|车牌|车牌号"),
    ("start_date", "startdatum|date de début|fecha de inicio|data de início|дата начала|tanggal mulai|开始日期|開始日|시작일"),
    ("end_date", "enddatum|date de fin|fecha de fin|data de fim|дата окончания|tanggal selesai|结束日期|終了日|종료일"),
    ("location", "ort|lieu|lugar|local|место|lokasi|地点|場所|위치|장소"),
    ("author", "autor|auteur|автор|penulis|作者|著者|작성자|저자"),
    ("sender", "absender|expéditeur|remitente|remetente|отправитель|pengirim|发送者|送信者|보낸 사람"),
    ("payment_method", "zahlungsart|mode de paiement|método de pago|forma de pago|forma de pagamento|método de pagamento|способ оплаты|metode pembayaran|支付方式|支払方法|결제 수단"),
    ("due_date", "fälligkeitsdatum|échéance|fecha de vencimiento|data de vencimento|срок|tenggat|截止日期|期限|마감일"),
    ("priority", "priorität|priorité|prioridad|prioridade|приоритет|prioritas|优先级|優先度|우선순위"),
    ("color", "farbe|couleur|cor|цвет|warna|颜色|色|색상"),
    ("url", "ссылка|链接|링크"),
    ("duration", "dauer|durée|duración|duração|длительность|durasi|时长|期間|기간"),
    ("last_name", "familienname|nom de famille|primer apellido"),
    ("name", "bezeichnung|denominación|denominação|intitulé|designation"),
    ("login", "anmeldedaten|login-daten|zugangsdaten"),
    ("daily_price", "tagespreis|prix journalier|precio por día|preço por dia|diária"),
    ("total_price", "gesamtpreis|prix total|precio total|preço total|общая стоимость|итоговая сумма|total harga|总价|合計金額|총 금액"),
    ("total", "gesamtbetrag|montant total|importe total|valor total|итого|总额|合計|총액"),
    ("surcharge", "aufpreis|zuschlag|supplément de prix|recargo"),
    ("sex", "sexe|sexo"),
    ("species", "tierart|espèce|especie|espécie|вид животного|种类"),
    ("breed", "rasse|race animale|raza|raça|порода|ras|品种|犬種|품종"),
    ("age", "alter|âge|edad|idade|возраст|umur|usia|年龄|年齢|나이|연령"),
    ("weight", "gewicht|poids|peso|вес|berat|体重|重量|重さ|무게|체중"),
    ("height", "größe|taille|altura|рост|tinggi|身高|身長|키"),
    ("city", "stadt|ville|ciudad|cidade|город|kota|城市|都市|도시"),
    ("domain", "domäne|domaine|dominio|domínio|домен|域名|ドメイン|도메인"),
    ("display_name", "anzeigename|nom affiché|nom d'affichage|nombre visible|nome de exibição|отображаемое имя|nama tampilan|显示名称|显示名|表示名|표시 이름|표시명"),
    ("short_code", "kurzcode|code court|código corto|código curto|короткий код|kode pendek|短码|短コード|단축 코드"),
    ("original_url", "original-url|url d'origine|url originale|url original|исходный url|оригинальный url|url asli|原始链接|元url|원본 url"),
    ("click_count", "klickzahl|nombre de clics|número de clics|número de cliques|количество переходов|количество кликов|jumlah klik|点击次数|点击量|クリック数|클릭 수|클릭수"),
    ("airline", "fluggesellschaft|compagnie aérienne|aerolínea|companhia aérea|авиакомпания|maskapai|航空公司|航空会社|항공사"),
    ("occurred_at", "发生时间|発生日時|발생 시각|발생시각|발생 일시"),
    ("country", "land|pays|país|страна|negara|国家|国|국가|나라"),
    ("postal_code", "plz|postleitzahl|code postal|código postal|cep|почтовый индекс|kode pos|邮编|郵便番号|우편번호"),
    ("company_name", "firmenname|nom de l'entreprise|nombre de la empresa|nome da empresa|название компании|nama perusahaan|公司名称|会社名|회사명"),
    ("contract_type", "vertragsart|type de contrat|tipo de contrato"),
    ("salary", "gehalt|salaire|salario|salário|зарплата|gaji|薪资|給与|급여|연봉"),
    ("website", "webseite|site web|sitio web|сайт|situs web|网站|ウェブサイト|웹사이트|홈페이지"),
    ("contact", "ansprechpartner|kontakt|contato|контактное лицо|kontak|联系人|担当者|담당자"),
    ("reason", "grund|motif|motivo|причина|alasan|原因|事由|理由|사유|이유"),
    ("time", "uhrzeit|heure|hora|время|waktu|jam|时间|時刻|시간|시각"),
    ("message", "nachricht|mensaje|mensagem|сообщение|pesan|消息|メッセージ|메시지"),
    ("image_url", "bild-url|url de l'image|url de imagen|url da imagem|ссылка на изображение|图片地址|画像url|이미지 url"),
    ("level", "niveau|nivel|nível|уровень|等级|级别|レベル|레벨|수준"),
    ("goal", "ziel|objectif|objetivo|цель|tujuan|目标|目標|목표"),
    ("max_members", "max. teilnehmer|maximale teilnehmerzahl|모집 인원|정원 수"),
    ("visibility", "sichtbarkeit|visibilité|visibilidad|visibilidade|видимость|可见性|公開範囲|공개 범위|공개 여부"),
    ("tags", "schlagwörter|étiquettes|etiquetas|теги|标签|タグ|태그"),
    ("ingredients", "zutaten|ingrédients|ingredientes|ингредиенты|bahan|食材|材料|재료"),
    ("cooking_time", "kochzeit|temps de cuisson|tiempo de cocción|время приготовления|烹饪时间|調理時間|조리 시간"),
    ("stock", "lagerbestand|stock disponible|existencias|estoque|остаток|stok|库存|在庫数|재고"),
    ("sku", "artikelnummer|référence article|código de producto|артикул|kode barang|货号|商品コード|상품 코드"),
    ("invoice_number", "rechnungsnummer|numéro de facture|número de factura|número da fatura|номер счёта|nomor faktur|发票号|請求書番号"),
    ("employee_number", "personalnummer|matricule|número de empleado|matrícula do funcionário|табельный номер|工号|社員番号|사번"),
    ("department", "abteilung|service de l'entreprise|departamento|отдел|departemen|部门|部署|부서"),
    ("position", "stelle|poste|puesto|cargo|должность|jabatan|职位|役職|직책|직급"),
    ("is_active", "aktiv|actif|activo|ativo|активен|aktif|是否启用|有効|활성 여부|활성화"),
    ("version", "версия|版本|バージョン|버전"),
    ("currency", "währung|devise|moneda|moeda|валюта|mata uang|币种|通貨|통화"),
    ("question", "frage|pregunta|pergunta|вопрос|pertanyaan|题目|問題|질문|문제"),
    ("answer", "antwort|réponse|respuesta|resposta|ответ|jawaban|答案|回答|답변|정답"),
    ("score", "punktzahl|puntuación|pontuação|баллы|skor|分数|得点|점수"),
    ("expires_at", "ablaufdatum|date d'expiration|fecha de expiración|data de expiração|срок действия|过期时间|有効期限|만료일|만료 시간"),
    ("nickname", "spitzname|surnom|pseudonyme|apodo|apelido|никнейм|ник|nama panggilan|昵称|ニックネーム|닉네임|별명"),
    ("gender", "geschlecht|genre|género|gênero|пол|jenis kelamin|性别|性別|성별"),
    ("birth_year", "geburtsjahr|année de naissance|año de nacimiento|ano de nascimento|год рождения|tahun lahir|出生年|生年|출생연도|생년"),
    ("start_time", "startzeit|heure de début|hora de inicio|hora de início|hora inicial|время начала|jam mulai|waktu mulai|开始时间|开始时刻|開始時刻|開始時間|시작 시간|시작시간"),
    ("end_time", "endzeit|heure de fin|hora de fin|hora final|hora de término|время окончания|jam selesai|waktu selesai|结束时间|结束时刻|終了時刻|終了時間|종료 시간|종료시간"),
    ("first_name", "nombres|primeiro nome|prénoms|nama depan|名前（名）"),
    ("last_name", "nom de famille|nama belakang|姓"),
    ("memo", "메모|メモ"),
    ("rating", "étoiles|estrellas|estrelas|звёзды|bintang|星级|星評価|별점"),
    ("year", "jahr|année|año|ano|год|tahun|年份|年度|연도|년도"),
    ("author", "verfasser|auteure|autora|pengarang|作成者|글쓴이"),
    ("publisher", "verlag|éditeur|editorial|editora|издательство|penerbit|出版社|출판사"),
    ("latitude", "breitengrad|latitud|широта|lintang|纬度|緯度|위도"),
    ("longitude", "längengrad|longitud|долгота|bujur|经度|経度|경도"),
    ("ip_address", "ip-adresse|adresse ip|dirección ip|endereço ip|ip-адрес|alamat ip|ip地址|ipアドレス|ip 주소"),
    ("timestamp", "zeitstempel|horodatage|marca de tiempo|carimbo de data|метка времени|stempel waktu|时间戳|タイムスタンプ|타임스탬프"),
    ("unit", "einheit|unité|unidad|unidade|единица измерения|satuan|单位|単位|단위"),
    ("size", "größe|tamaño|tamanho|размер|ukuran|尺寸|サイズ|사이즈|크기"),
    ("subject", "betreff|objet|asunto|assunto|тема|subjek|主题|件名"),
    ("tax", "steuer|taxe|impuesto|imposto|налог|pajak|税额|税|세금"),
    ("discount", "rabatt|remise|descuento|desconto|скидка|diskon|折扣|割引|할인"),
    ("cost", "kosten|coût|costo|coste|custo|стоимость|biaya|成本|費用|비용"),
    ("budget", "presupuesto|orçamento|бюджет|anggaran|预算|予算|예산"),
    ("result", "ergebnis|résultat|resultado|результат|hasil|结果|結果|결과"),
    ("source", "quelle|fuente|fonte|источник|sumber|来源|出典|출처"),
    ("language", "sprache|langue|idioma|язык|bahasa|语言|言語|언어"),
    ("symptoms", "symptome|symptômes|síntomas|sintomas|симптомы|gejala|症状|증상"),
    ("diagnosis", "diagnose|diagnostic|diagnóstico|диагноз|诊断|診断|진단"),
    ("dosage", "dosierung|dosis|posologie|dosage|dosagem|дозировка|dosis obat|剂量|用量|복용량"),
    ("frequency", "häufigkeit|fréquence|frecuencia|frequência|частота|frekuensi|频率|頻度|빈도"),
    ("is_active", "activa|ativa|активность|активна|включен"),
    ("is_read", "gelesen|lu|leído|lido|прочитано|已读|既読|읽음 여부"),
    ("rating", "évaluation|évaluation moyenne|note moyenne|valoración|nota média|durchschnittsbewertung"),
    ("location", "localisation|emplacement|ubicación|localização|standort|местоположение|локация"),
    ("capacity", "kapazität|capacité|capacidad|capacidade|вместимость|kapasitas|容量|定員|정원"),
    // What specs of many domains keep, in the order of meaning.
    ("account", "konto|compte|cuenta|conta|учётная запись|логин пользователя|akun|账号|帐号|アカウント|계정"),
    ("payment_method", "medio de pago|meio de pagamento|moyen de paiement|zahlungsmittel|zahlungsmethode|付款方式|支払い方法|결제 방법|결제 방식"),
    ("unit_price", "precio unitario|preço unitário|prix unitaire|einzelpreis|stückpreis|цена за единицу|harga satuan|单价|単価|단가"),
    ("subtotal", "zwischensumme|sous-total|промежуточный итог|小计|小計|소계"),
    ("code", "código|codigo|kode|код|代码|编码|コード|코드"),
    ("code", "kürzel"),
    ("sector", "secteur|rubro|setor|branche|сектор|отрасль|sektor|行业|業種|업종"),
    ("size", "talle|talla|taille vêtement|размеры|尺码"),
    ("supplier", "proveedor|fournisseur|fornecedor|lieferant|поставщик|pemasok|供应商|仕入先|공급업체|거래처"),
    ("supplier", "supplier barang"),
    ("manufacturer", "fabricante|fabricant|hersteller|производитель|produsen|生产厂家|厂家|生产商|制造商|メーカー|製造元|제조사"),
    ("extra_costs", "costos extras|costes extra|frais supplémentaires|zusatzkosten|custos extras|дополнительные расходы|biaya tambahan|额外费用|追加費用|추가 비용"),
    ("estimated_time", "estimation de temps|temps estimé|tiempo estimado|tempo estimado|geschätzte zeit|geschätzter aufwand|оценка времени|estimasi waktu|预计时间|预估时间|見積時間|예상 시간"),
    ("subtasks", "sous-tâches|subtareas|subtarefas|unteraufgaben|teilaufgaben|подзадачи|subtugas|子任务|サブタスク|하위 작업"),
    ("checklist", "checkliste|liste de contrôle|lista de verificación|чек-лист|daftar periksa|检查清单|チェックリスト|체크리스트"),
    ("attachments", "anhänge|anlagen|pièces jointes|adjuntos|archivos adjuntos|anexos|вложения|lampiran|附件|添付ファイル|첨부파일|첨부 파일"),
    ("prescription", "rezept|ordonnance|receta|receita médica|рецепт|назначение|resep|处方|処方|처방|처방전"),
    ("medical_advice", "医嘱|anweisung des arztes"),
    ("specification", "spezifikation|spécification|especificación|especificação|спецификация|spesifikasi|规格|型号规格|仕様|규격|사양"),
    ("contraindications", "kontraindikationen|contre-indications|contraindicaciones|contraindicações|противопоказания|kontraindikasi|禁忌|禁忌信息|禁忌症|禁忌事項|금기"),
    ("interactions", "wechselwirkungen|interactions médicamenteuses|interacciones|interações|взаимодействия|interaksi obat|相互作用|相互作用信息|상호작용"),
    ("dosage_form", "darreichungsform|forme galénique|forma farmacéutica|лекарственная форма|bentuk sediaan|剂型|剤形|제형"),
    ("generic_name", "generischer name|nom générique|nombre genérico|nome genérico|통용명|通用名|一般名"),
    ("trade_name", "handelsname|nom commercial|nombre comercial|nome comercial|商品名|商標名"),
    ("approval_number", "zulassungsnummer|批准文号|承認番号|승인번호"),
    ("batch_number", "chargennummer|numéro de lot|número de lote|номер партии|nomor batch|批次|批号|批次号|ロット番号|로트 번호"),
    ("min_stock", "mindestbestand|stock minimum|stock mínimo|estoque mínimo|минимальный остаток|stok minimum|最低库存|最低库存阈值|库存下限|最小在庫|最低在庫数|최소 재고|안전 재고"),
    ("stock_quantity", "lagermenge|quantité en stock|cantidad en stock|quantidade em estoque|количество на складе|jumlah stok|库存数量|在庫数量|재고 수량"),
    ("expiry_date", "verfallsdatum|haltbarkeitsdatum|date de péremption|fecha de caducidad|data de validade|срок годности|tanggal kedaluwarsa|tanggal kadaluarsa|有效期|有效期至|保质期|使用期限|유통기한|유효기간"),
    ("allergy_history", "allergien|allergies|alergias|аллергии|riwayat alergi|过敏史|アレルギー歴|알레르기 이력"),
    ("past_history", "vorerkrankungen|antécédents|antecedentes|анамнез|riwayat penyakit|既往病史|既往史|病史|既往歴|과거 병력"),
    ("family_history", "familienanamnese|antécédents familiaux|antecedentes familiares|семейный анамнез|riwayat keluarga|家族病史|家族史|家族歴|가족력"),
    ("emergency_contact", "notfallkontakt|contact d'urgence|contacto de emergencia|contato de emergência|экстренный контакт|kontak darurat|紧急联系人|緊急連絡先|비상 연락처"),
    ("chief_complaint", "hauptbeschwerde|motif de consultation|motivo de consulta|queixa principal|жалобы|keluhan utama|主诉|主訴|주 증상|주호소"),
    ("present_illness", "现病史|現病歴|현병력"),
    ("id_type", "ausweisart|type de pièce d'identité|tipo de documento|тип документа|jenis identitas|证件类型|身分証種別|신분증 종류"),
    ("id_number", "ausweisnummer|numéro de pièce d'identité|número de documento|cédula|номер документа|nomor identitas|nik|证件号|证件号码|身份证号|身份证号码|身分証番号|주민등록번호"),
    ("fee", "gebühr|frais|tarifa|taxa de serviço|сбор|biaya layanan|费用金额|手续费|挂号费|手数料|수수료"),
    ("time_slot", "zeitfenster|zeitslot|créneau|créneau horaire|franja horaria|временной слот|slot waktu|时段|时间段|預約時段|预约时段|時間帯|시간대"),
    ("last_login_at", "letzter login|letzte anmeldung|dernière connexion|último acceso|último login|último acesso|последний вход|login terakhir|最后登录时间|最近登录时间|最終ログイン日時|최근 로그인|마지막 로그인"),
    ("last_used_at", "dernière utilisation|último uso|zuletzt benutzt|последнее использование|terakhir digunakan|最后使用时间|最終利用日時|마지막 사용"),
    ("cancel_reason", "stornierungsgrund|motif d'annulation|motivo de cancelación|motivo do cancelamento|причина отмены|alasan pembatalan|取消原因|キャンセル理由|취소 사유"),
    ("declared_value", "valeur déclarée|valor declarado|объявленная стоимость"),
    ("delivery_instructions", "instructions de livraison|instrucciones de entrega|instruções de entrega|lieferhinweise|инструкции по доставке|instruksi pengiriman|配送说明|配送備考|배송 요청사항|배송 메모"),
    ("old_values", "anciennes valeurs|valores anteriores|alte werte|старые значения|nilai lama|旧值|変更前の値|이전 값|변경 전"),
    ("new_values", "nouvelles valeurs|valores nuevos|novos valores|neue werte|новые значения|nilai baru|新值|変更後の値|새 값|변경 후"),
    ("action", "aktion|acción|acao|ação|действие|aksi|tindakan|操作|动作|操作内容|アクション|작업|행위"),
    ("module", "modul|módulo|модуль|模块|モジュール|모듈"),
    ("max_capacity", "maximale kapazität|capacité maximale|capacidad máxima|capacidade máxima|максимальная вместимость|kapasitas maksimal|最大容量|最大人数|最大定員|최대 인원|최대 수용 인원"),
    ("max_participants", "max. personen|nombre maximum de participants|máximo de participantes|максимум участников|jumlah peserta maksimal|人数上限|最大参加人数|참가 인원|최대 참가자 수"),
    ("participants", "teilnehmer|participantes|участники|peserta|参与人|参加者|참가자|참석자"),
    ("photo_url", "url de la photo|foto-url|url de foto|照片地址|写真url"),
    ("file_url", "datei-url|url du fichier|url del archivo|url do arquivo|ссылка на файл|文件地址|ファイルurl|파일 url"),
    ("file_name", "dateiname|nom du fichier|nombre del archivo|nome do arquivo|имя файла|nama file|文件名|ファイル名|파일명"),
    ("file_size", "dateigröße|taille du fichier|tamaño del archivo|tamanho do arquivo|размер файла|ukuran file|文件大小|ファイルサイズ|파일 크기"),
    ("file_type", "dateityp|type de fichier|tipo de archivo|tipo de arquivo|тип файла|jenis file|文件类型|ファイル形式|파일 형식"),
    ("link", "verknüpfung|lien|enlace|ссылки|tautan|リンク"),
    ("street", "straße|rue|calle|rua|улица|jalan|街道|番地|도로명"),
    ("district", "bezirk|quartier|barrio|distrito|bairro|район|kecamatan|区县|区|市区町村|구"),
    ("province", "bundesland|provincia|estado provincia|província|область|provinsi|省份|省|都道府県|시도"),
    ("region", "région|región|região|регион|wilayah|地区|地域|지역"),
    ("nationality", "staatsangehörigkeit|nationalité|nacionalidad|nacionalidade|гражданство|kewarganegaraan|国籍|국적"),
    ("occupation", "beruf|profesión|profissão|профессия|pekerjaan|职业|職業|직업"),
    ("education", "bildung|niveau d'études|escolaridad|escolaridade|образование|pendidikan|学历|学歴|학력"),
    ("major", "studienfach|filière|carrera|curso superior|специальность вуза|jurusan|专业|専攻|전공"),
    ("grade", "klassenstufe|classe|grado|série|класс|kelas|年级|学年|학년"),
    ("school", "schule|école|escuela|escola|школа|sekolah|学校|学校名|학교"),
    ("student_number", "matrikelnummer|numéro étudiant|número de estudiante|номер студента|nim|nis|学号|学籍番号|학번"),
    ("organizer", "veranstalter|organisateur|organizador|организатор|penyelenggara|主办方|主催者|주최자"),
    ("venue", "veranstaltungsort|lieu de l'événement|lugar del evento|место проведения|tempat|会场|場所名|개최 장소"),
    ("deadline", "frist|date limite|fecha límite|prazo|дедлайн|batas waktu|截止时间|締切|締め切り|마감 기한"),
    ("progress", "fortschritt|avancement|progreso|avance|progresso|прогресс|kemajuan|进度|進捗|진행률|진행도"),
    ("assignee", "zuständig|zuständiger|bearbeiter|responsable|responsável|исполнитель|ответственный|penanggung jawab|负责人|经办人|担当|담당"),
    ("creator", "ersteller|créateur|creador|criador|создатель|pembuat|创建人|创建者|생성자|등록자"),
    ("reviewer", "prüfer|réviseur|revisor|ревьюер|peninjau|审核人|審査者|검토자"),
    ("approved_at", "genehmigt am|date d'approbation|fecha de aprobación|data de aprovação|дата одобрения|tanggal disetujui|审批时间|审核时间|承認日時|승인일"),
    ("published_at", "veröffentlicht am|date de publication|fecha de publicación|data de publicação|дата публикации|tanggal terbit|发布时间|出版日期|公開日時|발행일|게시일"),
    ("paid_at", "bezahlt am|date de paiement|fecha de pago|data de pagamento|дата оплаты|tanggal bayar|支付时间|付款时间|支払日|결제일"),
    ("delivered_at", "geliefert am|date de livraison|fecha de entrega|data de entrega|дата доставки|tanggal kirim|配送时间|配達日|배송일"),
    ("views", "aufrufe|vues|vistas|visualizações|просмотры|dilihat|浏览量|阅读量|閲覧数|조회수"),
    ("likes", "gefällt mir|j'aime|me gusta|curtidas|лайки|suka|点赞数|いいね数|좋아요 수|좋아요수"),
    ("order", "reihenfolge|ordre|orden|ordem|порядок|urutan|排序|顺序|並び順|표시 순서|정렬 순서"),
    ("parent", "übergeordnet|parente|padre|родитель|induk|上级|父级|親|상위"),
    ("icon", "icône|icono|ícone|иконка|ikon|图标|アイコン|아이콘"),
    ("theme", "thema|thème|tema|主题样式|テーマ|테마"),
    ("genre", "genre musical|género musical|жанр|流派|ジャンル|장르"),
    ("difficulty", "schwierigkeit|difficulté|dificultad|dificuldade|сложность|tingkat kesulitan|难度|難易度|난이도"),
    ("points", "punkte|puntos|pontos|очки|бонусы|poin|积分|ポイント|포인트"),
    ("balance", "saldo|solde|баланс|余额|残高|잔액"),
    ("remark", "bemerkung|anmerkung|observación|observação|замечание|备注信息|摘要|특이사항"),
    ("signature", "unterschrift|firma manuscrita|assinatura|подпись|tanda tangan|签名|署名|서명"),
    ("bank_account", "bankkonto|compte bancaire|cuenta bancaria|conta bancária|банковский счёт|rekening bank|银行账号|口座番号|계좌번호"),
    ("tax_id", "steuernummer|numéro fiscal|siren|rfc|cuit|nif|cnpj|инн|npwp|税号|税番号|사업자등록번호|사업자번호"),
    ("vin", "fahrgestellnummer|número de chasis|vin-номер|nomor rangka|车架号|車台番号|차대번호"),
    ("mileage", "kilometerstand|kilométrage|kilometraje|quilometragem|пробег|jarak tempuh|里程|走行距離|주행거리"),
    ("barcode", "strichcode|code-barres|código de barras|штрихкод|kode batang|条形码|条码|バーコード|바코드"),
    ("serial_number", "seriennummer|numéro de série|número de serie|número de série|серийный номер|nomor seri|序列号|シリアル番号|일련번호"),
    ("warranty", "garantie|garantía|garantia|гарантия|garansi|保修|保証|보증"),
    ("recipient", "empfänger|destinataire|destinatario|destinatário|получатель|penerima|收件人|接收人|受信者|宛先|수신자|받는 사람"),
    ("template", "vorlage|modèle de message|plantilla|modelo de mensagem|шаблон|templat|模板|テンプレート|템플릿"),
    ("channel", "kanal|canal|канал|saluran|渠道|チャンネル|채널"),
    ("device", "gerät|appareil|dispositivo|устройство|perangkat|设备|デバイス|機器|기기"),
    ("browser", "navigateur|navegador|браузер|peramban|浏览器|ブラウザ|브라우저"),
    ("operating_system", "betriebssystem|système d'exploitation|sistema operativo|sistema operacional|операционная система|sistem operasi|操作系统|オペレーティングシステム|운영체제"),
    ("timezone", "zeitzone|fuseau horaire|zona horaria|fuso horário|часовой пояс|zona waktu|时区|タイムゾーン|시간대 설정"),
    ("access_code", "zugangscode|code d'accès|código de acceso|código de acesso|код доступа|kode akses|访问码|アクセスコード|접근 코드"),
    ("transaction_id", "identifiant de transaction|transaktions-id|id de transacción|id da transação|идентификатор транзакции|id transaksi|交易号|交易流水号|取引id|거래 번호"),
    ("tracking_number", "sendungsnummer|numéro de suivi|número de seguimiento|código de rastreio|трек-номер|nomor resi|快递单号|物流单号|追跡番号|운송장 번호|송장번호"),
    ("dimensions", "abmessungen|maße|dimensiones|dimensões|габариты|dimensi|外形尺寸|寸法|치수"),
    ("volume", "volumen|объём|容積|体积|부피"),
    ("temperature", "temperatur|température|temperatura|температура|suhu|温度|체온|온도"),
    ("blood_type", "blutgruppe|groupe sanguin|grupo sanguíneo|tipo sanguíneo|группа крови|golongan darah|血型|血液型|혈액형"),
    ("is_public", "öffentlich|publique|público|публичный|publik|是否公开|公開フラグ|공개여부"),
    ("is_default", "standardmäßig|par défaut|predeterminado|padrão|по умолчанию|bawaan|是否默认|既定|기본 여부"),
    ("is_paid", "bezahlt|payé|pagado|pago realizado|оплачено|lunas|是否支付|支払済み|결제 여부"),
    ("read_at", "gelesen am|date de lecture|fecha de lectura|lido em|дата прочтения|dibaca pada|阅读时间|既読日時|읽은 시간"),
    ("sent_at", "gesendet am|date d'envoi|fecha de envío|enviado em|дата отправки|tanggal kirim pesan|发送时间|送信日時|발송일|발송 시간"),
    ("cover", "titelbild|image de couverture|portada|imagen de portada|capa|imagem de capa|обложка|gambar sampul|sampul|封面|封面图|封面图片|カバー画像|表紙|커버 이미지|대표 이미지"),
    ("destination", "reiseziel|zielort|destino|направление|место назначения|пункт назначения|目的地|行き先|목적지"),
    ("origin", "herkunft|startort|origine|point de départ|origen|origem|место отправления|пункт отправления|asal|出发地|出発地|출발지"),
    ("dates", "termine|fechas|datas|даты|tanggal-tanggal|日程"),
    ("coordinates", "koordinaten|coordonnées gps|coordenadas|координаты|koordinat|坐标|経纬度|座標|좌표"),
    ("radius", "rayon|radio de cobertura|raio|радиус|半径|반경"),
    ("consent", "einwilligung|zustimmung|consentement|consentimiento|consentimento|согласие|persetujuan|同意|同意状态|동의 여부|동의"),
    ("first_name", "primer nombre|primeiro nombre|nome próprio|名|名前名"),
    ("middle_name", "zweiter vorname|deuxième prénom|segundo nombre|segundo nome|отчество|nama tengah"),
    ("last_name", "último nome|nama keluarga|苗字|성"),
    ("marital_status", "familienstand|état civil|situation matrimoniale|estado civil|семейное положение|status pernikahan|status perkawinan|婚姻状况|婚姻状態|결혼 여부"),
    ("commune", "comuna|kommune"),
    ("brand", "merk|メーカー名"),
    ("fuel", "kraftstoff|carburant|combustible|combustível|топливо|bahan bakar|燃料|연료"),
    ("transmission", "getriebe|boîte de vitesses|transmisión|transmissão|коробка передач|transmisi|变速箱|変速機|변속기"),
    ("style", "stil|estilo|стиль|gaya|风格|スタイル|스타일"),
    ("cost", "kostenpunkt|costo de compra|custo de compra|себестоимость"),
    ("year", "baujahr|année de fabrication|año de fabricación|ano de fabricação|год выпуска|tahun pembuatan|tahun produksi|年式|연식"),
    ("branch", "sucursal|филиал|отделение|cabang|分店|支店|지점"),
    ("published", "veröffentlicht|publié|publicado|опубликовано|diterbitkan|已发布|公開済み|게시됨"),
    ("menu_name", "menüname|nom du menu"),
    ("file_path", "dateipfad|chemin du fichier|ruta del archivo|caminho do arquivo|путь к файлу|lokasi file|文件路径|ファイルパス|파일 경로"),
    ("uploaded_at", "hochgeladen am|date d'envoi du fichier|date de téléversement|fecha de subida|fecha de carga|data de upload|data de envio do arquivo|дата загрузки|waktu unggah|tanggal unggah|tanggal upload|上传时间|上传日期|アップロード日時|업로드 일시|업로드일|업로드 날짜"),
    ("room", "номер комнаты"),
    ("room_number", "zimmernummer|numéro de chambre|número de habitación|número do quarto|nomor kamar|房间号|房号|部屋番号|방 번호|객실 번호"),
    ("floor", "stockwerk|étage|piso|andar|этаж|lantai|楼层|階|층"),
    ("area", "fläche|superficie|área|площадь|luas|面积|面積|면적"),
    ("start_time", "uhrzeit von|hora inicio|開始日時|시작 시각"),
    ("end_time", "uhrzeit bis|hora fin|hora fim|終了日時|종료 시각"),
    ("start_date", "beginn|fecha inicio|data início"),
    ("end_date", "ende|fecha fin|fecha de término|data de término|data fim|tanggal berakhir"),
    ("due_date", "fällig am|date d'échéance|vencimiento|vencimento|срок выполнения|срок исполнения|tanggal jatuh tempo|jatuh tempo|tenggat waktu|到期日|期日"),
    ("priority", "優先順位"),
    ("duration", "продолжительность|lama|持续时间|所要時間|소요 시간"),
    ("weight", "berat badan|몸무게"),
    ("height", "körpergröße|hauteur|estatura|tinggi badan"),
    ("width", "breite|largeur|anchura|ancho|largura|ширина|lebar|宽度|幅|너비"),
    ("length", "länge|longueur|longitud total|largo|comprimento|длина|panjang|长度|長さ|길이"),
    ("city", "市区町村名"),
    ("postal_code", "индекс|邮政编码"),
    ("company", "unternehmen|société"),
    ("position", "posisi|岗位|职务|직위"),
    ("department", "département|部門"),
    ("salary", "lohn|оклад|工资|薪水"),
    ("hire_date", "eintrittsdatum|einstellungsdatum|date d'embauche|fecha de contratación|fecha de ingreso|data de admissão|data de contratação|дата приёма|дата найма|tanggal masuk|入职日期|入社日|입사일"),
    ("total", "gesamt|gesamtsumme|total général|monto total|общая сумма|total bayar|总计|合计|总金额|합계"),
    ("tax_amount", "steuerbetrag|montant de la taxe|monto de impuesto|valor do imposto|сумма налога"),
    ("invoice_number", "номер счета|nomor invoice|发票号码|송장 번호"),
    ("order_number", "bestellnummer|auftragsnummer|numéro de commande|número de pedido|número do pedido|номер заказа|nomor pesanan|订单号|订单编号|注文番号|주문번호|주문 번호"),
    ("reference", "referenz|référence|referencia|referência|референс|referensi|参考号|参照番号|참조"),
    ("reason", "raison|razón"),
    ("message", "信息内容"),
    ("text", "texto|texte|teks|文本|正文|テキスト|텍스트"),
    ("notes", "bemerkungen|anmerkungen|anotações|заметки|keterangan"),
    ("tags", "schlagworte|mots-clés|marcadores|метки"),
    ("keywords", "stichwörter|stichworte|palabras clave|palavras-chave|ключевые слова|kata kunci|关键词|关键字|キーワード|키워드"),
    ("images", "bilder|imágenes|fotos|imagens|изображения|фотографии|фото товара|gambar-gambar|图片列表|画像一覧|이미지들"),
    ("thumbnail", "vorschaubild|miniature|vignette|miniatura|миниатюра|превью|缩略图|サムネイル|썸네일"),
    ("video_url", "video-url|url de la vidéo|url del video|url do vídeo|ссылка на видео|视频链接|動画url"),
    ("logo", "логотип|logotipo|标志|ロゴ|로고"),
    ("website", "página web|веб-сайт|网址"),
    ("bio", "biographie|biographie courte|biografía|biografia|биография|о себе|biodata|个人简介|简介|自己紹介|자기소개|소개"),
    ("nickname", "псевдоним"),
    ("birth_date", "geburtstag|anniversaire|cumpleaños|aniversário|день рождения|tanggal lahir anda|生日日期|誕生日|생일"),
    ("skills", "fähigkeiten|kenntnisse|compétences|habilidades|competências|навыки|keahlian|keterampilan|技能|スキル|기술 스택|보유 기술"),
    ("experience", "erfahrung|expérience|experiencia|experiência|опыт|опыт работы|pengalaman|经验|工作经验|経験|경력"),
    ("stock", "bestand|inventario actual|остатки|库存量|在庫"),
    ("sku", "référence produit|código do produto|kode produk|商品编号|商品编码|품번"),
    ("minimum_stock", "mindestmenge|stock minimal|existencia mínima|estoque minimo|минимальное количество"),
    ("location", "ort der veranstaltung|ubicacion|localidade|tempat acara|位置|场所"),
    ("method", "methode|méthode|método|метод|способ|metode|方法|方式|방법"),
    ("payment_status", "zahlungsstatus|statut de paiement|estado de pago|estado del pago|status do pagamento|статус оплаты|status pembayaran|支付状态|付款状态|支払い状況|결제 상태"),
    ("payment_date", "zahlungsdatum|datum der zahlung|data de pagamento do pedido|fecha del pago|tanggal pembayaran|支付日期|付款日期|입금일|결제일자"),
    ("currency", "货币"),
    ("exchange_rate", "wechselkurs|taux de change|tipo de cambio|taxa de câmbio|курс валюты|kurs|汇率|為替レート|환율"),
    ("expires_at", "läuft ab am|gültig bis|expire le|válido hasta|válido até|дата истечения|действует до|berlaku sampai|berlaku hingga|tanggal kadaluwarsa|到期时间|失效时间|만료일시"),
    ("score", "score obtenu|puntaje|балл|nilai|得分|スコア|点数"),
    ("correct_answer", "richtige antwort|bonne réponse|respuesta correcta|resposta correta|правильный ответ|jawaban benar|正确答案|正解|정답 번호"),
    ("options", "antwortoptionen|choix|opciones|opções|варианты ответа|варианты|pilihan|pilihan jawaban|选项|選択肢|선택지|보기"),
    ("calories", "kalorien|calorías|calorias|калории|калорийность|kalori|卡路里|热量|カロリー|칼로리"),
    ("protein", "eiweiß|protéines|proteínas|proteína|белки|белок|蛋白质|タンパク質|たんぱく質|단백질"),
    ("fat", "fett|lipides|graisses|grasas|gorduras|жиры|lemak|脂肪|脂質|지방"),
    ("carbs", "kohlenhydrate|glucides|carbohidratos|carboidratos|углеводы|karbohidrat|碳水|碳水化合物|炭水化物|탄수화물"),
    ("license_plate", "plaque d'immatriculation|patente|гос. номер|номер автомобиля|plat nomor|nomor polisi|ナンバープレート|차량 번호|차량번호"),
    ("license_number", "führerscheinnummer|lizenznummer|numéro de permis|número de licencia|número da licença|номер лицензии|номер прав|nomor sim|许可证号|執照号|免許番号|면허번호|면허 번호"),
    ("model", "型号|機種|모델|모델명"),
    ("version", "versionsnummer|versión|versão|versi|版本号"),
    ("created_by", "erstellt von|créé par|creado por|criado por|кем создано|dibuat oleh|创建人员|作成者名|등록한 사람"),
    ("responsible", "verantwortlicher|verantwortlich|persona responsable|pessoa responsável|责任人|責任者"),
    ("contact_person", "kontaktperson|personne de contact|contact principal|persona de contacto|pessoa de contato|nama kontak|kontak person|担当者名|連絡先担当者|담당자명"),
    ("contact", "contacto|контакт|контакты|联系方式|連絡先"),
    ("whatsapp", "whatsapp-nummer|numéro whatsapp|número de whatsapp|nomor whatsapp|no whatsapp|no wa|nomor wa"),
    ("severity", "schweregrad|gravité|sévérité|severidad|gravedad|severidade|gravidade|критичность|серьёзность|tingkat keparahan|严重程度|严重级别|重大度|심각도"),
    ("progress", "fortschrittsstand|progression|progreso actual|progres|进度百分比|進捗率|진행 상태"),
    ("visibility", "visibilitas|공개 설정"),
    ("is_public", "öffentlich sichtbar|флаг публичности|публичность|是否公开展示|公開設定|공개 유무"),
    ("is_active", "actif/inactif|активный|启用状态|有効フラグ|활성화 여부"),
    ("sort_order", "sortierung|ordre d'affichage|orden de visualización|ordem de exibição|порядок сортировки|urutan tampil|显示顺序|表示順|정렬순서|노출 순서"),
    ("allergens", "allergene|allergènes|alérgenos|alergênicos|аллергены|alergen|过敏原|アレルゲン|알레르기 유발 물질"),
    ("ingredients", "состав|配料"),
    ("instructions", "anleitung|zubereitung|instrucciones|instruções|modo de preparo|инструкция|инструкции|instruksi|cara membuat|做法|步骤|手順|作り方|조리법|만드는 법"),
    ("quantity_sold", "verkaufte menge|quantité vendue|cantidad vendida|quantidade vendida|продано"),
    ("discount_amount", "rabattbetrag|montant de la remise|monto de descuento|valor do desconto|сумма скидки|优惠金额|割引額|할인 금액"),
    ("shipping_address", "lieferadresse|adresse de livraison|dirección de envío|dirección de entrega|endereço de entrega|адрес доставки|alamat pengiriman|收货地址|配送地址|配送先住所|お届け先|배송지|배송 주소|배송지 주소"),
    ("billing_address", "rechnungsadresse|adresse de facturation|dirección de facturación|endereço de cobrança|адрес плательщика|alamat penagihan|账单地址|請求先住所|청구지 주소"),
    ("shipping_cost", "versandkosten|frais de livraison|costo de envío|gastos de envío|frete|valor do frete|стоимость доставки|ongkos kirim|ongkir|运费|配送费|送料|배송비"),
    ("payment_methods", "zahlungsarten|zahlungsmethoden|moyens de paiement|métodos de pago|formas de pago|formas de pagamento|métodos de pagamento|способы оплаты|支付方式列表|支払方法一覧"),
    ("payment_method", "cara pembayaran|cara bayar|結제수단|決済方法|결제수단"),
    ("sale_date", "verkaufsdatum|date de vente|fecha de venta|data da venda|дата продажи|tanggal penjualan|销售日期|販売日|판매일"),
    ("purchase_date", "kaufdatum|date d'achat|fecha de compra|data da compra|data de compra|дата покупки|tanggal pembelian|tanggal beli|购买日期|采购日期|購入日|구매일|구입일"),
    ("purchase_price", "einkaufspreis|kaufpreis|prix d'achat|precio de compra|precio costo|preço de compra|preço de custo|закупочная цена|цена закупки|harga beli|harga modal|进价|采购价|購入価格|仕入価格|매입가|구매가"),
    ("sale_price", "verkaufspreis|prix de vente|precio de venta|precio venta|preço de venda|цена продажи|harga jual|售价|销售价|販売価格|판매가"),
    ("visit_date", "besuchsdatum|date de visite|fecha de visita|data da visita|дата визита|tanggal kunjungan|就诊日期|来院日|방문일|진료일"),
    ("appointment_date", "termindatum|date du rendez-vous|fecha de la cita|data da consulta|дата приёма пациента|tanggal janji|预约日期|予約日|예약일|예약 날짜"),
    ("appointment_time", "terminzeit|heure du rendez-vous|hora de la cita|horário da consulta|время приёма|jam janji|预约时间|予約時間|예약 시간"),
    ("check_in", "anreise|ankunft|date d'arrivée|fecha de llegada|fecha de entrada|data de entrada|дата заезда|заезд|tanggal check-in|入住日期|チェックイン日|체크인 날짜|체크인"),
    ("check_out", "abreise|date de départ|fecha de salida|data de saída|дата выезда|выезд|tanggal check-out|离店日期|退房日期|チェックアウト日|체크아웃 날짜|체크아웃"),
    ("guests", "gästezahl|personenzahl|nombre de personnes|nombre de voyageurs|número de huéspedes|número de personas|número de pessoas|número de hóspedes|количество гостей|кол-во гостей|jumlah tamu|入住人数|宿泊人数|人数|인원|인원수|인원 수"),
    ("species", "jenis hewan|物种|動物種|종"),
    ("breed", "race|品種|견종"),
    ("allergies", "allergien des patienten|alergias conocidas|аллергия"),
    ("isbn", "isbn-nummer|isbn番号"),
    ("pages", "seitenzahl|nombre de pages|número de páginas|количество страниц|jumlah halaman|页数|ページ数|페이지 수|쪽수"),
    ("edition", "auflage|édition|edición|edição|издание|edisi|版次|版|판"),
    ("copies", "exemplare|nombre d'exemplaires|ejemplares|exemplares|количество экземпляров|jumlah eksemplar|册数|冊数|권수"),
    ("loan_date", "ausleihdatum|date d'emprunt|fecha de préstamo|data do empréstimo|дата выдачи|tanggal pinjam|tanggal peminjaman|借阅日期|借出日期|貸出日|대출일|대여일"),
    ("return_date", "rückgabedatum|date de retour|fecha de devolución|data de devolução|дата возврата|tanggal kembali|tanggal pengembalian|归还日期|返却日|반납일"),
    ("fine", "bußgeld|amende|pénalité|multa|штраф|пеня|denda|罚款|延滞金|연체료"),
    ("bank_name", "bankname|nom de la banque|nombre del banco|nome do banco|название банка|nama bank|开户行|银行名称|銀行名|은행명"),
    ("account_number", "kontonummer|numéro de compte|número de cuenta|número da conta|номер счета клиента|nomor rekening|账户号|계좌 번호"),
    ("transaction_date", "buchungsdatum|transaktionsdatum|date de transaction|fecha de transacción|data da transação|дата операции|дата транзакции|tanggal transaksi|交易日期|取引日|거래일|거래 일자"),
    ("transaction_type", "transaktionstyp|type de transaction|tipo de transacción|tipo de transação|тип операции|тип транзакции|jenis transaksi|交易类型|取引種別|거래 유형"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_columns() {
        let check = |label: &str, expect: Option<&str>| {
            assert_eq!(column_name(label).as_deref(), expect, "{label}");
        };
        check("`scheduled\\_time`", Some("scheduled_time"));
        check("분야(category)", Some("category"));
        check("Nome completo", Some("full_name"));
        check("Контрагент", Some("контрагент"));
        check("电话", Some("phone"));
        check("a whole sentence that says something", None);
    }
}

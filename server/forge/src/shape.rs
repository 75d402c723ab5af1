//! Holds a tree of YAML against the schema: what has no place is told, what has one is kept.

use crate::places::{Path, Place};
use crate::rules::{self, Sink};
use crate::schema::{self, Kind};
use model::Span;
use serde_json::{Map, Value as Json};
use text::suggest;
use text::yaml::{Fault, FaultKind, Node, Pair, Value};

pub(crate) struct Reader<'t> {
    pub(crate) text: &'t str,
    pub(crate) places: crate::places::Places,
    pub(crate) sink: Sink,
    /// Where the text is no YAML: what is missing there may only be unread.
    damages: Vec<Span>,
}

/// What a value belongs to.
struct Owner<'p> {
    path: &'p Path,
    key: Span,
}

impl Owner<'_> {
    fn word(&self) -> &str {
        self.path.last().map_or("forge.yaml", String::as_str)
    }
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str, faults: &[Fault]) -> Self {
        let mut out = Self {
            text,
            places: crate::places::Places::default(),
            sink: Sink::default(),
            damages: faults.iter().map(|it| it.span).collect(),
        };
        for fault in faults {
            let why = match fault.kind {
                FaultKind::Alias => "aliases are not read: write the value out",
                FaultKind::TooDeep => "this is nested too deeply",
                FaultKind::Escape => "there is no such escape in YAML",
                _ => "this is no YAML",
            };
            out.sink.report(&rules::resource_syntax::RULE, fault.span, why);
        }
        out
    }

    /// The whole file as far as it is right.
    pub(crate) fn root(&mut self, node: &Node<'_>) -> Json {
        let owner = Owner { path: &Vec::new(), key: Span::at(0) };
        self.value(node, schema::schema(), &owner).unwrap_or(Json::Object(Map::new()))
    }

    /// The value as JSON, without the parts that are wrong; `None` when nothing is left of it.
    fn value(&mut self, node: &Node<'_>, schema: &'static Json, owner: &Owner<'_>) -> Option<Json> {
        if node.value == Value::Unread {
            return None;
        }
        match schema::kind(schema) {
            Kind::Map(values) => self.map(node, owner, &|_| Some(values)),
            Kind::Object(properties, required) => self.object(node, owner, properties, &required),
            Kind::List(items) => self.list(node, items, owner),
            scalar => self.scalar(node, &scalar, owner),
        }
    }

    fn map(
        &mut self,
        node: &Node<'_>,
        owner: &Owner<'_>,
        schema_of: &dyn Fn(&str) -> Option<&'static Json>,
    ) -> Option<Json> {
        let pairs: &[Pair<'_>] = match &node.value {
            Value::Map(pairs) => pairs,
            Value::Empty => &[],
            _ => {
                self.wrong(node, owner, "a mapping");
                return None;
            }
        };
        let mut out = Map::new();
        for pair in pairs {
            let Value::Scalar(key) = &pair.key.value else { continue };
            let Some(schema) = schema_of(&key.text) else { continue };
            if out.contains_key(&*key.text) {
                let message = format!("`{}` is there twice in `{}`", key.text, owner.word());
                self.sink.report(&rules::repeated_setting::RULE, pair.key.span, message);
                continue;
            }
            let mut path = owner.path.clone();
            path.push(key.text.clone().into_owned());
            let place = Place { key: pair.key.span, value: pair.value.span };
            self.places.put(path.clone(), place);
            let inner = Owner { path: &path, key: pair.key.span };
            if let Some(value) = self.value(&pair.value, schema, &inner) {
                out.insert(key.text.clone().into_owned(), value);
            }
        }
        Some(Json::Object(out))
    }

    fn object(
        &mut self,
        node: &Node<'_>,
        owner: &Owner<'_>,
        properties: &'static Map<String, Json>,
        required: &[&'static str],
    ) -> Option<Json> {
        let misspelt = self.unknown_keys(node, owner, properties);
        let out = self.map(node, owner, &|key| properties.get(key))?;
        let is_damaged =
            self.damages.iter().any(|it| node.span.overlaps(*it) || owner.key.overlaps(*it));
        let mut is_whole = true;
        for key in required {
            let path: Vec<&str> = owner.path.iter().map(String::as_str).chain([*key]).collect();
            let is_there = out.get(key).is_some();
            is_whole &= is_there;
            let is_told = self.places.of(&path).is_some() || misspelt.contains(key) || is_damaged;
            if !is_there && !is_told {
                self.missing(node, owner, key, &properties[*key]);
            }
        }
        is_whole.then_some(out)
    }

    /// Tells of keys without a meaning; gives those that were probably meant.
    fn unknown_keys(
        &mut self,
        node: &Node<'_>,
        owner: &Owner<'_>,
        properties: &'static Map<String, Json>,
    ) -> Vec<&'static str> {
        let Value::Map(pairs) = &node.value else { return Vec::new() };
        let mut misspelt = Vec::new();
        for pair in pairs {
            let Value::Scalar(key) = &pair.key.value else {
                self.sink.report(&rules::wrong_setting::RULE, pair.key.span, "a key is one word");
                continue;
            };
            if properties.contains_key(&*key.text) {
                continue;
            }
            if is_value_of_secret(owner.path, &key.text) {
                self.secret_value(pair, owner);
                continue;
            }
            let near = suggest::nearest(&key.text, properties.keys().map(String::as_str));
            let mut message = format!("`{}` has no `{}`", owner.word(), key.text);
            match near {
                Some(it) => message += &format!(": did you mean `{it}`?"),
                None => {
                    let known: Vec<String> =
                        properties.keys().map(|it| format!("`{it}`")).collect();
                    message += &format!(": it has {}", known.join(", "));
                }
            }
            misspelt.extend(near);
            let report = self.sink.report(&rules::unknown_setting::RULE, pair.key.span, message);
            if let Some(it) = near {
                report.fix(format!("Write `{it}`"), vec![(pair.key.span, it.to_owned())], true);
            }
        }
        misspelt
    }

    fn secret_value(&mut self, pair: &Pair<'_>, owner: &Owner<'_>) {
        let message = format!(
            "the value of `{}` stands here: values are kept in the vault, this file names them only",
            owner.word()
        );
        self.sink.report(&rules::secret_value::RULE, pair.span, message);
    }

    fn missing(
        &mut self,
        node: &Node<'_>,
        owner: &Owner<'_>,
        key: &'static str,
        schema: &'static Json,
    ) {
        let message = format!("`{}` lacks `{key}`", owner.word());
        let mut report = self.sink.report(&rules::missing_setting::RULE, owner.key, message);
        if let Kind::Word(words) = schema::kind(schema) {
            for (word, _) in words.iter().take(4) {
                let edits = crate::provision::edit::add(
                    self.text,
                    Some(owner.key),
                    node,
                    &[crate::provision::edit::Entry::scalar(key, word)],
                );
                report = report.fix(format!("Write `{key}: {word}`"), edits, false);
            }
        }
    }

    fn list(&mut self, node: &Node<'_>, items: &'static Json, owner: &Owner<'_>) -> Option<Json> {
        let nodes = match &node.value {
            Value::List(nodes) => nodes.as_slice(),
            Value::Empty => &[],
            // One item without a list around it.
            Value::Scalar(_) => std::slice::from_ref(node),
            _ => {
                self.wrong(node, owner, "a list");
                return None;
            }
        };
        let mut out = Vec::new();
        for (index, item) in nodes.iter().enumerate() {
            let mut path = owner.path.clone();
            path.push(index.to_string());
            self.places.put(path.clone(), Place { key: item.span, value: item.span });
            out.extend(self.value(item, items, &Owner { path: owner.path, key: item.span }));
        }
        Some(Json::Array(out))
    }

    fn scalar(&mut self, node: &Node<'_>, kind: &Kind, owner: &Owner<'_>) -> Option<Json> {
        let Value::Scalar(scalar) = &node.value else {
            if is_value_of_secret(owner.path, "value") {
                return None;
            }
            self.wrong(node, owner, &wanted(kind));
            return None;
        };
        let text = scalar.text.trim();
        let read = match kind {
            Kind::Bool => text.parse().ok().map(Json::Bool),
            Kind::Integer(min, max) => {
                let number: Option<i64> = text.replace('_', "").parse().ok();
                let fits =
                    |it: &i64| min.is_none_or(|min| *it >= min) && max.is_none_or(|max| *it <= max);
                number.filter(fits).map(Json::from)
            }
            Kind::Number => {
                text.parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0).map(Json::from)
            }
            Kind::Word(words) => words.iter().find(|it| it.0 == text).map(|it| Json::from(it.0)),
            Kind::Text(pattern, _) => {
                let fits = pattern.is_none_or(|it| schema::is_match(it, text));
                (fits && !text.is_empty()).then(|| Json::from(text))
            }
            Kind::Map(_) | Kind::Object(..) | Kind::List(_) => None,
        };
        if read.is_none() {
            self.wrong_scalar(node, text, kind, owner);
        }
        read
    }

    fn wrong_scalar(&mut self, node: &Node<'_>, text: &str, kind: &Kind, owner: &Owner<'_>) {
        let near = match kind {
            Kind::Word(words) => suggest::nearest(text, words.iter().map(|it| it.0)),
            Kind::Text(Some(_), examples) => suggest::nearest(text, examples.iter().copied()),
            Kind::Bool => match text {
                "yes" | "on" | "True" | "TRUE" | "Yes" => Some("true"),
                "no" | "off" | "False" | "FALSE" | "No" => Some("false"),
                _ => None,
            },
            _ => None,
        };
        // The text may be a secret that was put at the wrong place: it is not repeated.
        let mut message = format!("`{}` takes {}", owner.word(), wanted(kind));
        if let Some(it) = near {
            message += &format!(": did you mean `{it}`?");
        }
        let report = self.sink.report(&rules::wrong_setting::RULE, node.span, message);
        if let Some(it) = near {
            report.fix(format!("Write `{it}`"), vec![(node.span, it.to_owned())], false);
        }
    }

    fn wrong(&mut self, node: &Node<'_>, owner: &Owner<'_>, wanted: &str) {
        let is_secret = owner.path.len() == 2 && owner.path[0] == "secrets";
        if is_secret && matches!(node.value, Value::Scalar(_)) {
            let message = format!(
                "a value stands behind `{}`: values are kept in the vault, this file names them only",
                owner.word()
            );
            self.sink.report(&rules::secret_value::RULE, node.span, message).fix(
                "Remove the value from the file",
                vec![(node.span, "{}".to_owned())],
                false,
            );
            return;
        }
        let at = if node.span.is_empty() { owner.key } else { node.span };
        let message = format!("`{}` takes {wanted}, not {}", owner.word(), node.shape());
        self.sink.report(&rules::wrong_setting::RULE, at, message);
    }
}

/// Whether `key` gives a secret its value.
fn is_value_of_secret(path: &[String], key: &str) -> bool {
    let words = ["value", "default", "secret", "key", "token", "password", "plain", "data"];
    path.len() == 2 && path[0] == "secrets" && words.contains(&key.to_ascii_lowercase().as_str())
}

fn wanted(kind: &Kind) -> String {
    let listed =
        |all: &[&str]| all.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Map(_) | Kind::Object(..) => "a mapping".to_owned(),
        Kind::List(_) => "a list".to_owned(),
        Kind::Word(words) => {
            format!("one of {}", listed(&words.iter().map(|it| it.0).collect::<Vec<_>>()))
        }
        Kind::Text(_, examples) if !examples.is_empty() => {
            format!("a text such as {}", listed(examples))
        }
        Kind::Text(Some(pattern), _) => format!("a text of the form `{pattern}`"),
        Kind::Text(None, _) => "a text".to_owned(),
        Kind::Integer(Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
        Kind::Integer(..) => "a whole number".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Bool => "`true` or `false`".to_owned(),
    }
}

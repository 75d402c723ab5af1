//! Reads tokens of one statement from left to right.

use super::{Token, TokenKind};

/// A place between tokens. Reading what is not there changes nothing.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    pub(crate) fn next(&mut self) -> Option<&'a Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(crate) fn rest(&self) -> &'a [Token] {
        &self.tokens[self.at.min(self.tokens.len())..]
    }

    /// Whether the next tokens are these words or signs, parted by blanks.
    pub(crate) fn sees(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(offset, word)| {
            self.tokens.get(self.at + offset).is_some_and(|it| {
                it.text == word && matches!(it.kind, TokenKind::Word | TokenKind::Sign)
            })
        })
    }

    /// Goes behind these words or signs when they are next.
    pub(crate) fn eat(&mut self, words: &str) -> bool {
        let sees = self.sees(words);
        if sees {
            self.at += words.split(' ').count();
        }
        sees
    }

    /// Goes behind the first of these that is next.
    pub(crate) fn eat_any(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|it| self.eat(it))
    }

    /// A name without its schema.
    pub(crate) fn ident(&mut self) -> Option<String> {
        let token = self.peek()?;
        matches!(token.kind, TokenKind::Word | TokenKind::Name).then(|| {
            self.at += 1;
            token.text.clone()
        })
    }

    /// A name with its schema, which is left out where it is the default one or that of the session.
    pub(crate) fn name(&mut self) -> Option<String> {
        let mut parts = vec![self.ident()?];
        while self.eat(".") {
            parts.push(self.ident().unwrap_or_default());
        }
        if parts.len() > 1 && matches!(parts[0].as_str(), "public" | "main" | "temp" | "pg_temp") {
            parts.remove(0);
        }
        Some(parts.join("."))
    }

    /// The tokens between the parentheses that are next.
    pub(crate) fn group(&mut self) -> Option<&'a [Token]> {
        if !self.sees("(") {
            return None;
        }
        let start = self.at + 1;
        let mut depth = 0_usize;
        for (offset, token) in self.tokens[self.at..].iter().enumerate() {
            match token.text.as_str() {
                "(" if token.kind == TokenKind::Sign => depth += 1,
                ")" if token.kind == TokenKind::Sign => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let end = self.at + offset;
                self.at = end + 1;
                return Some(&self.tokens[start..end]);
            }
        }
        None
    }

    /// The tokens up to the first of these words outside of parentheses.
    pub(crate) fn until(&mut self, stops: &[&str]) -> &'a [Token] {
        let start = self.at;
        while !self.is_done() && !stops.iter().any(|it| self.sees(it)) {
            if self.group().is_none() {
                self.at += 1;
            }
        }
        &self.tokens[start..self.at.min(self.tokens.len())]
    }

    /// Goes forward to the words and behind them; stays where they are missing.
    pub(crate) fn find(&mut self, words: &str) -> bool {
        let start = self.at;
        self.until(&[words]);
        let found = self.eat(words);
        if !found {
            self.at = start;
        }
        found
    }
}

/// Cuts tokens at commas outside of parentheses.
pub(crate) fn by_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut cursor = Cursor::new(tokens);
    let mut out = Vec::new();
    while !cursor.is_done() {
        let part = cursor.until(&[","]);
        if !part.is_empty() {
            out.push(part);
        }
        cursor.eat(",");
    }
    out
}

//! Cuts the text of an expression into tokens; nothing is thrown away but blanks.

use super::ExprError;
use model::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word as written; keywords are told apart by the parser.
    Word(String),
    /// A name in double quotes, without them.
    Quoted(String),
    Number(String),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// Longest first, so that `<=` is not taken for `<`.
const SIGNS: [&str; 22] = [
    "||", "<>", "!=", "<=", ">=", "==", "&&", "->", "::", "(", ")", ",", ".", "=", "<", ">", "+",
    "-", "*", "/", "%", "!",
];

/// The tokens with their places; the last one is [`Token::End`].
pub(super) fn lex(text: &str) -> Result<Vec<(Token, Span)>, Vec<ExprError>> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), errors: Vec::new() };
    while lexer.next() {}
    lexer.tokens.push((Token::End, Span::at(text.len())));
    if lexer.errors.is_empty() { Ok(lexer.tokens) } else { Err(lexer.errors) }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<(Token, Span)>,
    errors: Vec<ExprError>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> bool {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let Some(first) = self.rest().chars().next() else { return false };
        let start = self.at;
        let token = match first {
            '\'' => self.quoted('\'').map(Token::Text),
            '"' => self.quoted('"').map(Token::Quoted),
            '0'..='9' => self.number(),
            _ if first == '_' || first.is_alphabetic() => {
                let word = self.take_while(|it| it == '_' || it.is_alphanumeric());
                Some(Token::Word(word.to_owned()))
            }
            _ => self.sign(first),
        };
        if let Some(token) = token {
            self.tokens.push((token, Span::new(start, self.at)));
        }
        true
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|it| !keep(it)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Text between quotes; a doubled quote stands for one.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let part = self.take_while(|it| it != quote);
            out += part;
            if self.rest().is_empty() {
                let span = Span::new(start, self.at);
                let error = ExprError::new(span, format!("the quote {quote} is never closed"));
                self.errors.push(error);
                return None;
            }
            self.at += 1;
            if !self.rest().starts_with(quote) {
                break;
            }
            out.push(quote);
            self.at += 1;
        }
        self.without_nul(start, &out).then_some(out)
    }

    fn without_nul(&mut self, start: usize, text: &str) -> bool {
        if text.contains('\0') {
            let span = Span::new(start, self.at);
            self.errors
                .push(ExprError::new(span, "a NUL character cannot be stored by PostgreSQL"));
        }
        !text.contains('\0')
    }

    fn number(&mut self) -> Option<Token> {
        let start = self.at;
        self.take_while(|it| it.is_ascii_digit());
        if self.rest().starts_with('.') {
            self.at += 1;
            if self.take_while(|it| it.is_ascii_digit()).is_empty() {
                return self.bad_number(start);
            }
        }
        if self.rest().starts_with(['e', 'E']) {
            self.at += 1;
            if self.rest().starts_with(['+', '-']) {
                self.at += 1;
            }
            if self.take_while(|it| it.is_ascii_digit()).is_empty() {
                return self.bad_number(start);
            }
        }
        if self.rest().starts_with(|it: char| it == '_' || it.is_alphanumeric()) {
            return self.bad_number(start);
        }
        Some(Token::Number(self.text[start..self.at].to_owned()))
    }

    fn bad_number(&mut self, start: usize) -> Option<Token> {
        self.take_while(|it| it == '_' || it.is_alphanumeric());
        let span = Span::new(start, self.at);
        let message = format!("`{}` is not a number", &self.text[start..self.at]);
        self.errors.push(ExprError::new(span, message).hint("write digits such as `10` or `2.5`"));
        None
    }

    fn sign(&mut self, first: char) -> Option<Token> {
        if let Some(sign) = SIGNS.iter().find(|it| self.rest().starts_with(**it)) {
            self.at += sign.len();
            return Some(Token::Sign(sign));
        }
        let start = self.at;
        self.at += first.len_utf8();
        let span = Span::new(start, self.at);
        let error = ExprError::new(
            span,
            format!("`{}` is not part of an expression", first.escape_debug()),
        );
        self.errors.push(match first {
            '‘' | '’' | '“' | '”' | '`' => {
                error.hint("text is written in straight single quotes")
            }
            _ => error,
        });
        None
    }
}

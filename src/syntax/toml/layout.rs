//! A TOML file as it is laid out: its lines in order, with comments, blank lines and the way in which each value is written.

use std::borrow::Cow;
use std::iter::Peekable;
use std::ops::Range;
use toml_parser::lexer::{Token, TokenKind};
use toml_parser::{Raw, Source};

/// A line of a file, or the several lines of one value.
pub(in crate::syntax) enum Line<'t> {
    /// A line without anything.
    Blank,
    /// A comment that has its line for itself.
    Comment(&'t str),
    /// `[path]`, or `[[path]]` of a list.
    Header { path: Vec<KeyPart<'t>>, is_list: bool, comment: Option<&'t str> },
    /// `path = value`
    Entry { path: Vec<KeyPart<'t>>, value: Node<'t>, comment: Option<&'t str> },
}

/// A part of a dotted key.
pub(in crate::syntax) struct KeyPart<'t> {
    /// As it is written.
    pub(in crate::syntax) written: &'t str,
    /// The name that it is.
    pub(in crate::syntax) name: Cow<'t, str>,
}

/// A value.
pub(in crate::syntax) enum Node<'t> {
    /// A string.
    Text(TextNode<'t>),
    /// A number, date or boolean, as it is written.
    Plain(&'t str),
    /// A list or an inline table.
    Group(GroupNode<'t>),
}

/// A string.
pub(in crate::syntax) struct TextNode<'t> {
    /// As it is written, with its quotes.
    pub(in crate::syntax) written: &'t str,
    /// Its place in the file.
    pub(in crate::syntax) range: Range<usize>,
    /// What it means.
    pub(in crate::syntax) text: Cow<'t, str>,
}

/// A list or an inline table.
pub(in crate::syntax) struct GroupNode<'t> {
    /// Whether it is a list.
    pub(in crate::syntax) is_list: bool,
    /// What is in it, in order.
    pub(in crate::syntax) parts: Vec<Part<'t>>,
    /// Whether a comma follows the last item.
    pub(in crate::syntax) has_last_comma: bool,
}

/// A part of a list or inline table.
pub(in crate::syntax) enum Part<'t> {
    /// An item, with its key in a table.
    Item { path: Vec<KeyPart<'t>>, value: Node<'t> },
    /// A comment, up to the end of its line.
    Comment(&'t str),
    /// The end of a line.
    Break,
}

/// A dotted key as it is written.
pub(in crate::syntax) fn dotted(path: &[KeyPart<'_>]) -> String {
    path.iter().map(|part| part.written).collect::<Vec<_>>().join(".")
}

/// The lines of a file without mistakes of syntax. Of one that has some, whatever could be read.
pub(in crate::syntax) fn layout(text: &str) -> Vec<Line<'_>> {
    let source = Source::new(text);
    let tokens = source.lex().collect::<Vec<_>>().into_iter().peekable();
    Reader { text, tokens }.lines()
}

struct Reader<'t> {
    text: &'t str,
    tokens: Peekable<std::vec::IntoIter<Token>>,
}

impl<'t> Reader<'t> {
    fn lines(mut self) -> Vec<Line<'t>> {
        let mut lines = Vec::new();
        loop {
            self.skip_space();
            lines.push(match self.kind() {
                None => return lines,
                Some(TokenKind::Newline) => Line::Blank,
                Some(TokenKind::Comment) => Line::Comment(self.comment().unwrap_or_default()),
                Some(TokenKind::LeftSquareBracket) => self.header(),
                Some(_) => self.entry(),
            });
            self.take_if(TokenKind::Newline);
        }
    }

    fn header(&mut self) -> Line<'t> {
        self.tokens.next();
        let is_list = self.take_if(TokenKind::LeftSquareBracket);
        let path = self.path();
        while self.take_if(TokenKind::RightSquareBracket) {}
        Line::Header { path, is_list, comment: self.comment() }
    }

    fn entry(&mut self) -> Line<'t> {
        let path = self.path();
        self.take_if(TokenKind::Equals);
        let value = self.value();
        let comment = self.comment();
        // What a broken file has more on this line.
        while self.kind().is_some_and(|kind| kind != TokenKind::Newline) {
            self.tokens.next();
        }
        Line::Entry { path, value, comment }
    }

    /// A dotted key.
    fn path(&mut self) -> Vec<KeyPart<'t>> {
        let mut path = Vec::new();
        loop {
            self.skip_space();
            match self.kind() {
                Some(TokenKind::Dot) => _ = self.tokens.next(),
                Some(TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString) => path.extend(self.tokens.next().map(|token| {
                    let written = self.written(token);
                    let mut name = Cow::Borrowed("");
                    Raw::new_unchecked(written, token.kind().encoding(), token.span()).decode_key(&mut name, &mut ());
                    KeyPart { written, name }
                })),
                _ => return path,
            }
        }
    }

    fn value(&mut self) -> Node<'t> {
        self.skip_space();
        let Some(token) = self.tokens.peek().copied() else { return Node::Plain("") };
        match token.kind() {
            TokenKind::LeftSquareBracket => self.group(true),
            TokenKind::LeftCurlyBracket => self.group(false),
            kind if kind.encoding().is_some() => {
                self.tokens.next();
                let (written, mut text) = (self.written(token), Cow::Borrowed(""));
                _ = Raw::new_unchecked(written, kind.encoding(), token.span()).decode_scalar(&mut text, &mut ());
                Node::Text(TextNode { written, range: token.span().start()..token.span().end(), text })
            }
            _ => self.plain(token.span().start()),
        }
    }

    /// A value without quotes, which may have dots and, in a date, a space.
    fn plain(&mut self, start: usize) -> Node<'t> {
        let mut end = start;
        while let Some(token) =
            self.tokens.next_if(|token| matches!(token.kind(), TokenKind::Atom | TokenKind::Dot | TokenKind::Whitespace))
        {
            end = token.span().end();
        }
        Node::Plain(self.text[start..end].trim_end())
    }

    fn group(&mut self, is_list: bool) -> Node<'t> {
        self.tokens.next();
        let mut group = GroupNode { is_list, parts: Vec::new(), has_last_comma: false };
        loop {
            self.skip_space();
            match self.kind() {
                Some(TokenKind::Newline) => {
                    self.tokens.next();
                    group.parts.push(Part::Break);
                }
                Some(TokenKind::Comment) => group.parts.extend(self.comment().map(Part::Comment)),
                Some(TokenKind::Comma) => {
                    self.tokens.next();
                    group.has_last_comma = true;
                }
                None | Some(TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket) => {
                    self.tokens.next();
                    return Node::Group(group);
                }
                Some(_) => {
                    let path = if is_list { Vec::new() } else { self.path() };
                    self.take_if(TokenKind::Equals);
                    // What a broken file has here is passed over.
                    let before = self.tokens.len();
                    let value = self.value();
                    if self.tokens.len() == before {
                        self.tokens.next();
                    }
                    group.parts.push(Part::Item { path, value });
                    group.has_last_comma = false;
                }
            }
        }
    }

    /// The comment that is next, if there is one.
    fn comment(&mut self) -> Option<&'t str> {
        self.skip_space();
        let token = self.tokens.next_if(|token| token.kind() == TokenKind::Comment)?;
        Some(self.written(token).trim_end())
    }

    fn written(&self, token: Token) -> &'t str {
        &self.text[token.span().start()..token.span().end()]
    }

    /// The kind of the next token; `None` at the end.
    fn kind(&mut self) -> Option<TokenKind> {
        self.tokens.peek().map(Token::kind).filter(|kind| *kind != TokenKind::Eof)
    }

    fn take_if(&mut self, kind: TokenKind) -> bool {
        self.skip_space();
        self.tokens.next_if(|token| token.kind() == kind).is_some()
    }

    fn skip_space(&mut self) {
        while self.tokens.next_if(|token| token.kind() == TokenKind::Whitespace).is_some() {}
    }
}

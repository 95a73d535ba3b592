//! From the sources of a mapping as written to those that are read by.

use super::{Channel, DayForm, Entry, Given, GivenForm, KindTable, Kinds, NameId, Names, Per, Pointer, Says, Source, Tells, Test};
use crate::diag::phrases::{any_of_at_most, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, KindId, Policy, ValueType};
use crate::syntax::Text;
use crate::syntax::ast::expr::Pattern;
use crate::syntax::ast::mapping::{
    AttributeTemplate, ChannelDecl, EntryDecl, EntryNode, ExportDecl, FormDecl, Hole, HoleSource, KindTableDecl, Piece, TellsDecl,
    Templated, TestDecl, TextTemplate,
};
use crate::text::{Sources, Span};
use std::collections::BTreeSet;

/// What a mapping is built with, and what is found on the way.
pub(super) struct Builder<'p> {
    pub(super) policy: &'p Policy,
    /// The policy's files and those of the mappings.
    pub(super) sources: &'p Sources,
    /// All names, by their id.
    pub(super) names: Vec<String>,
    /// The names of attributes of which facts speak.
    pub(super) attribute_names: Vec<String>,
    /// The tables of names.
    pub(super) tables: Vec<Names>,
    /// The forms of days.
    pub(super) day_forms: Vec<DayForm>,
    /// Unknown kinds and filters that are reported: each once, wherever else it stands.
    pub(super) reported: BTreeSet<String>,
    /// The names that something binds here.
    pub(super) in_scope: Vec<NameId>,
    /// The kinds that `{kind}` may be here.
    pub(super) bound_kinds: Vec<KindId>,
    /// Whether there is an item of `each`.
    pub(super) has_item: bool,
    /// The tables of names whose values are roles, by their index.
    pub(super) role_tables: BTreeSet<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl<'p> Builder<'p> {
    pub(super) fn new(policy: &'p Policy, sources: &'p Sources) -> Builder<'p> {
        Builder {
            policy,
            sources,
            names: Vec::new(),
            attribute_names: Vec::new(),
            tables: Vec::new(),
            day_forms: Vec::new(),
            reported: BTreeSet::new(),
            in_scope: Vec::new(),
            bound_kinds: Vec::new(),
            has_item: false,
            role_tables: BTreeSet::new(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What was found on the way.
    pub(super) fn diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// The number of the name of an attribute.
    pub(super) fn attribute(&mut self, name: &str) -> usize {
        self.attribute_names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.attribute_names.push(name.to_owned());
            self.attribute_names.len() - 1
        })
    }

    /// A channel. The names in its patterns are `id`, and what is bound or is an attribute.
    pub(super) fn channel(&mut self, decl: &ChannelDecl) -> Channel {
        let per = decl.per.as_ref().and_then(|per| match per.value.strip_prefix("binding:") {
            Some(name) => Some(Per::Binding(self.name(name))),
            None => self.kind_named(per).map(Per::Kind),
        });
        let absent_unless = decl.absent_unless.as_ref().map(|name| self.name(&name.value));
        if let (Some(name), Some(Per::Binding(_))) = (&decl.absent_unless, per) {
            let headline = "`absent-unless` stands in a channel of what is bound".to_owned();
            let diagnostic = Diagnostic::new(Code::BadMapping, headline, name.span, "nothing else could be bound");
            self.report(diagnostic.help("write `per` with a kind, or leave `absent-unless` out"));
        }
        self.in_scope = [self.name("id")].into();
        for hole in decl.open.iter().flat_map(|pattern| &pattern.holes) {
            if let HoleSource::Name(name, _) = &hole.of {
                let id = self.name(&name.value);
                self.in_scope.push(id);
            }
        }
        decl.open.iter().for_each(|pattern| self.check_own_names(pattern, per));
        let open = decl.open.iter().filter_map(|pattern| self.form(pattern)).collect();
        let why = decl.why.as_ref().map_or_else(String::new, |why| why.value.clone());
        let title = decl.title.as_ref().map(|title| title.value.clone());
        Channel { name: decl.name.value.clone(), title, per, absent_unless, open, why }
    }

    /// Reports names in a pattern of a channel, before its `where`, that do not stand for what the channel is of: nothing fills them.
    fn check_own_names(&mut self, pattern: &Templated<Pattern>, per: Option<Per>) {
        let own = match per {
            Some(Per::Binding(name)) => self.names[name.0].clone(),
            _ => "id".to_owned(),
        };
        let end = pattern.tree.fact.span().end;
        for hole in pattern.holes.iter().filter(|hole| hole.span.start < end) {
            let HoleSource::Name(name, _) = &hole.of else { continue };
            if name.value != "id" && name.value != own {
                let headline = format!("nothing fills `{}` here", hole.written);
                let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, headline, hole.span, "not what the channel is of");
                self.report(diagnostic.help(format!("write `{{{own}}}` for what the channel is of, or narrow the pattern with `where`")));
            }
        }
    }

    /// A source. `channels` are all there are, by name.
    pub(super) fn source(&mut self, decl: &ExportDecl, channels: &[Channel]) -> Source {
        let needs: Vec<NameId> = decl.needs.iter().map(|name| self.name(&name.value)).collect();
        let may: Vec<NameId> = decl.may.iter().map(|name| self.name(&name.value)).collect();
        for reserved in
            decl.needs.iter().chain(&decl.may).filter(|name| matches!(name.value.as_str(), "captured" | "kind" | "source" | "id"))
        {
            let headline = format!("`{}` cannot be bound", reserved.value);
            self.report(
                Diagnostic::new(Code::ReservedName, headline, reserved.span, "has a meaning of its own").help("choose another name"),
            );
        }
        let mut ends = |texts: &[Text]| texts.iter().map(|text| self.end(&text.value, text.span)).collect::<Vec<_>>();
        let (paths, urls) = (ends(&decl.paths), ends(&decl.urls));
        (self.has_item, self.bound_kinds) = (false, Vec::new());
        let forms = self.forms(&decl.forms);
        self.in_scope = needs.iter().chain(&may).copied().collect();
        self.in_scope.extend(paths.iter().chain(&urls).chain(forms.iter().map(|(_, form)| form)).flat_map(super::End::names));
        let looks_like = decl.looks_like.iter().map(|look| {
            let values = look.values.iter().map(|value| value.value.to_lowercase()).collect();
            (Self::row_pointer(&look.pointer.value), values)
        });
        let looks_like = looks_like.collect();
        let mut tells = Vec::new();
        for TellsDecl { channel, of, when, forms } in &decl.tells {
            let Some(index) = channels.iter().position(|known| known.name == channel.value && known.per.is_some()) else {
                let headline = format!("no channel that can be closed is named `{}`", channel.value);
                let diagnostic = Diagnostic::new(Code::UnknownChannel, headline, channel.span, "unknown channel");
                let help = diagnostic.help(format!("write `[channel.{}]` with `per`, `open` and `why`", channel.value));
                self.report(help.nearest(&channel.value, channel.span, channels.iter().map(|channel| channel.name.as_str())));
                continue;
            };
            let scope = self.in_scope.len();
            let forms = self.forms(forms);
            self.in_scope.extend(forms.iter().flat_map(|(_, form)| form.names()));
            tells.push(Tells { channel: index, of: self.template(&of.pieces), when: self.tests(when), forms });
            self.in_scope.truncate(scope);
        }
        let only = self.tests(&decl.only);
        let kind = decl.kind.as_ref().map(|kind| self.kind_table(kind));
        let entries = decl.entries.iter().filter_map(|entry| self.entry(entry, kind.as_ref())).collect();
        let name = decl.name.value.clone();
        let mut source = Source { name, looks_like, needs, may, paths, urls, tells, only, forms, kind, entries, tested: Vec::new() };
        source.entries.iter_mut().enumerate().for_each(|(number, entry)| entry.number = number);
        source.share_known_values();
        source
    }

    fn entry(&mut self, decl: &EntryDecl, of_source: Option<&KindTable>) -> Option<Entry> {
        let scope = self.in_scope.len();
        let each = decl.each.as_ref().map(|each| self.pointer(each));
        self.has_item = each.is_some();
        let forms = self.forms(&decl.forms);
        self.in_scope.extend(forms.iter().flat_map(|(_, form)| form.names()));
        let when = self.tests(&decl.when);
        let kind = decl.kind.as_ref().map(|kind| self.kind_table(kind));
        self.bound_kinds = kind.as_ref().or(of_source).map(KindTable::kinds).unwrap_or_default();
        let is_of_file = each.is_none() && when.is_empty() && forms.is_empty() && kind.is_none() && !is_of_row(&decl.says);
        let says = self.says(&decl.says);
        self.in_scope.truncate(scope);
        self.has_item = false;
        Some(Entry { number: 0, span: decl.span, each, when, forms, kind, is_of_file, says: says? })
    }

    fn says(&mut self, node: &EntryNode) -> Option<Says> {
        let mut templates = |texts: &[TextTemplate]| texts.iter().map(|text| self.template(&text.pieces)).collect::<Vec<_>>();
        Some(match node {
            EntryNode::Entity { is, attributes } => return self.entity(is, attributes),
            EntryNode::Fact { is, since, until } => {
                let (since, until) = (templates(since), templates(until));
                Says::Facts { is: is.iter().filter_map(|fact| self.fact(fact)).collect(), since, until }
            }
            EntryNode::Unknown { is, since, until, why, doubts } => {
                let (since, until) = (templates(since), templates(until));
                let why = why.as_ref().map(|why| self.template(&why.pieces));
                let is: Vec<_> = is.iter().filter_map(|pattern| Some((self.form(pattern)?, pattern.tree.span))).collect();
                if *doubts {
                    let narrowed = is.iter().filter(|(form, _)| form.condition.is_some());
                    let mistake = |&(_, span): &(_, Span)| {
                        let diagnostic = Diagnostic::new(Code::BadPattern, "`doubts` has a `where`", span, "");
                        diagnostic.help("name the entities in it, or write `_`")
                    };
                    narrowed.map(mistake).collect::<Vec<_>>().into_iter().for_each(|mistake| self.report(mistake));
                }
                Says::Unknown { is: is.into_iter().map(|(form, _)| form).collect(), since, until, why, doubts: *doubts }
            }
            EntryNode::Warn { says } => Says::Warn(self.template(&says.pieces)),
        })
    }

    fn entity(&mut self, is: &TextTemplate, attributes: &[(Text, Vec<AttributeTemplate>)]) -> Option<Says> {
        let (kinds, id) = self.reference(&is.pieces, is.span)?;
        let mut given = Vec::new();
        for (name, values) in attributes {
            given.extend(self.given(&kinds, name, values));
        }
        Some(Says::Entity { is: (kinds, id), attributes: given })
    }

    /// An attribute of the entity, for each kind that it may be.
    fn given(&mut self, kinds: &Kinds, name: &Text, values: &[AttributeTemplate]) -> Option<Given> {
        let policy = self.policy;
        let attribute = |kind: KindId| policy.attribute_named(kind, &name.value).map(|attribute| (kind, attribute));
        let attributes: Vec<(KindId, AttributeId)> = kinds.all().iter().filter_map(|&kind| attribute(kind)).collect();
        let Some(&(_, first)) = attributes.first() else {
            let kind = &policy.kinds[kinds.all()[0]];
            let headline = format!("{} has no attribute `{}`", kind.meta.name, name.value);
            let known = kind.attributes.iter().map(|&id| &policy.attributes[id]).filter(|attribute| !attribute.member_of);
            let known: Vec<&str> = known.map(|attribute| attribute.name.as_str()).collect();
            let diagnostic = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "unknown attribute");
            let all = any_of_at_most(known.iter().map(code), 20);
            self.report(diagnostic.help(format!("{} may have {all}", kind.meta.name)).nearest(&name.value, name.span, known));
            return None;
        };
        if policy.attributes[first].member_of {
            let headline = format!("`{}` is membership, which is a fact", name.value);
            let diagnostic = Diagnostic::new(Code::BadMapping, headline, name.span, "not an attribute of an entity here");
            self.report(diagnostic.help("write `[[source.NAME.fact]] is = \"user:{/id} in group:{group}\"`"));
            return None;
        }
        if values.len() > 1 && !policy.attributes[first].many {
            let headline = format!("`{}` has one value, not {}", name.value, values.len());
            self.report(Diagnostic::new(Code::WrongType, headline, name.span, "has one value"));
            return None;
        }
        let values: Vec<GivenForm> = values.iter().filter_map(|value| self.given_form(value, first)).collect();
        (!values.is_empty()).then_some(Given { attributes, values })
    }

    fn given_form(&mut self, value: &AttributeTemplate, attribute: AttributeId) -> Option<GivenForm> {
        let wanted = &self.policy.attributes[attribute].value;
        let text = match value {
            AttributeTemplate::Number(number, _) => return Some(GivenForm::Plain(super::Template::of(&number.to_string()))),
            AttributeTemplate::Text(text) => text,
        };
        let ValueType::Entity(allowed) = wanted else {
            self.check_plain(wanted, text);
            return Some(GivenForm::Plain(self.template(&text.pieces)));
        };
        let (kinds, id) = self.reference(&text.pieces, text.span)?;
        if let Some(wrong) = kinds.all().iter().find(|&&kind| !allowed.contains(kind)) {
            let names: Vec<String> = allowed.iter().map(|kind| self.policy.kinds[kind].meta.name.clone()).collect();
            let headline = format!(
                "`{}` is {}, not {}",
                self.policy.attributes[attribute].name,
                crate::diag::phrases::any_of(&names),
                self.policy.kinds[*wrong].meta.name
            );
            self.report(Diagnostic::new(Code::WrongKind, headline, text.span, "of another kind"));
            return None;
        }
        Some(GivenForm::Entity(kinds, id))
    }

    /// Reports a text without placeholders that the attribute cannot have.
    fn check_plain(&mut self, wanted: &ValueType, text: &TextTemplate) {
        let [Piece::Text(written)] = text.pieces.as_slice() else { return };
        let known: Vec<&str> = match wanted {
            ValueType::OneOf(texts) => texts.iter().map(|&text| self.policy.texts[text].as_str()).collect(),
            _ => return,
        };
        if !known.contains(&written.as_str()) {
            let diagnostic =
                Diagnostic::new(Code::UnknownValue, format!("`{written}` is not one of its values"), text.span, "unknown value");
            let help = diagnostic.help(format!("one of {}", crate::diag::phrases::any_of(known.iter().map(crate::diag::phrases::code))));
            self.report(help.nearest(written, text.span, known));
        }
    }

    /// A reference: `kind:id`, `a|b:id` or `{kind}:id`.
    fn reference(&mut self, pieces: &[Piece], span: Span) -> Option<(Kinds, super::Template)> {
        let no_reference = || {
            let diagnostic = Diagnostic::new(Code::BadEntity, "this is not an entity", span, "");
            diagnostic.help("write `kind:{/id}`, `user|group:{/id}` or `{kind}:{/id}`")
        };
        let (kinds, rest) = match pieces {
            [Piece::Text(text), rest @ ..] if text.contains(':') && !text.starts_with(':') => {
                let (kinds, id) = text.split_once(':')?;
                let mut at = span.start as usize;
                let mut found = Vec::new();
                for kind in kinds.split('|') {
                    let place = Span::new(span.file, at, at + kind.len());
                    at += kind.len() + 1;
                    found.push(self.kind_named(&Text::new(kind.to_owned(), place))?);
                }
                let kinds = if let [one] = found[..] { Kinds::One(one) } else { Kinds::Declared(found) };
                let first = (!id.is_empty()).then(|| Piece::Text(id.to_owned()));
                (kinds, first.into_iter().chain(rest.iter().cloned()).collect::<Vec<_>>())
            }
            [Piece::Hole(hole), Piece::Text(text), rest @ ..] if hole.written == "{kind}" && text.starts_with(':') => {
                if self.bound_kinds.is_empty() {
                    let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, "nothing binds `{kind}` here", hole.span, "unknown name");
                    self.report(diagnostic.help("write `kind = { \"/pointer\" = { User = \"user\" } }`"));
                    return None;
                }
                let first = (text.len() > 1).then(|| Piece::Text(text[1..].to_owned()));
                (Kinds::Bound(self.bound_kinds.clone()), first.into_iter().chain(rest.iter().cloned()).collect())
            }
            _ => {
                self.report(no_reference());
                return None;
            }
        };
        if rest.is_empty() {
            self.report(no_reference());
            return None;
        }
        Some((kinds, self.template(&rest)))
    }

    fn tests(&mut self, decls: &[TestDecl]) -> Vec<Test> {
        let lower = |texts: &[Text]| texts.iter().map(|text| text.value.to_lowercase()).collect::<Vec<_>>();
        let test = |decl: &TestDecl| Test {
            pointer: self.pointer(&decl.pointer),
            is: lower(&decl.is),
            not: lower(&decl.not),
            others: decl.others.as_deref().map(lower),
            known_beside: Vec::new(),
            place: 0,
        };
        decls.iter().map(test).collect()
    }

    fn forms(&mut self, decls: &[FormDecl]) -> Vec<(Pointer, super::End)> {
        decls.iter().map(|decl| (self.pointer(&decl.pointer), self.end(&decl.form.value, decl.form.span))).collect()
    }

    fn kind_table(&mut self, decl: &KindTableDecl) -> KindTable {
        let pointer = self.pointer(&decl.pointer);
        let kinds = decl.kinds.iter().filter_map(|(text, kind)| Some((text.value.to_lowercase(), self.kind_named(kind)?)));
        KindTable { pointer, kinds: kinds.collect() }
    }
}

impl super::Template {
    /// A text without placeholders.
    pub(super) fn of(text: &str) -> super::Template {
        super::Template { parts: vec![super::Part::Text(text.to_owned())] }
    }
}

/// Whether what is said depends on a row.
fn is_of_row(says: &EntryNode) -> bool {
    let of_texts = |texts: &[TextTemplate]| texts.iter().any(TextTemplate::is_of_row);
    match says {
        EntryNode::Entity { is, attributes } => {
            let of_row = |value: &AttributeTemplate| matches!(value, AttributeTemplate::Text(text) if text.is_of_row());
            is.is_of_row() || attributes.iter().flat_map(|(_, values)| values).any(of_row)
        }
        EntryNode::Fact { is, since, until } => {
            of_texts(since) || of_texts(until) || is.iter().flat_map(|fact| &fact.holes).any(Hole::is_of_row)
        }
        EntryNode::Unknown { is, since, until, .. } => {
            of_texts(since) || of_texts(until) || is.iter().flat_map(|pattern| &pattern.holes).any(Hole::is_of_row)
        }
        // Only rows that count give a warning.
        EntryNode::Warn { .. } => true,
    }
}

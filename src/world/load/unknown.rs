//! What a world leaves open: `[[unknown]]` and `not-imported`, and facts that are stated not to hold.
//!
//! Patterns are typed against the policy like the facts that an event removes. They are typed one after the other, in the order of their
//! texts, once all entities and facts are known, so that the order of files does not matter.

use super::loader::Loader;
use super::names;
use super::unresolved::{NameForm, Unresolved};
use crate::diag::{Code, Diagnostic};
use crate::graph;
use crate::policy::{
    AtomKind, Attribute, AttributeId, Expr, FactTerm, Hop, Id, KindId, KindSet, Literal, Pattern, PatternFact, PatternTyper, Policy,
    RoleTerm, Term, TermNode, TextId,
};
use crate::syntax::ast::expr::{FactPattern, TermNode as WrittenTerm};
use crate::syntax::{self, DenialDecl, Embedded, StringForm, Text, UnknownDecl};
use crate::text::{FileId, Sources, Span, Spanned};
use crate::time::{Instant, Interval};
use crate::world::open::{Denied, FactSelector, OpenBlob, OpenPattern, Part, PatternId, PatternText, Shape, ShapePart, TextBlob, Topic};
use crate::world::{EntityId, Statement, Symbol, Value, World};
use std::collections::{BTreeMap, BTreeSet};

impl Loader<'_> {
    /// Reads a fact that does not hold.
    pub(super) fn denial(&mut self, decl: &DenialDecl) {
        let during = interval(decl.since.as_ref(), decl.until.as_ref());
        let denied = match &decl.is {
            FactPattern::Fact(fact) => self.statement(fact).map(Denied::Fact),
            FactPattern::Attribute(term) => match &term.node {
                WrittenTerm::Attribute(of, name) => self.bearer(of, name).map(|(entity, attribute)| Denied::Attribute(entity, attribute)),
                _ => None,
            },
        };
        self.part.denials.extend(denied.map(|denied| (denied, during, decl.is.span())));
    }

    /// Reads a name in `not-imported`, a relation, a role or `kind.attribute`, as the pattern of all its facts.
    pub(super) fn not_imported(&mut self, name: &Text) {
        let policy = self.policy;
        let relation = policy.relation_named(&name.value).map(|relation| {
            let ends = vec!["_"; policy.relations[relation].ends.len()];
            format!("{}({})", name.value, ends.join(", "))
        });
        let role = policy.role_named(&name.value).map(|_| format!("_ holds {} on _", name.value));
        let attribute = name.value.split_once('.').and_then(|(kind, attribute)| {
            let kind = policy.kind_called(kind)?;
            policy.attribute_named(kind, attribute).map(|_| format!("{}.{attribute}", policy.kinds[kind].meta.name))
        });
        let texts: Vec<String> = relation.into_iter().chain(role).chain(attribute).collect();
        if texts.is_empty() {
            self.unknown_import(name);
        }
        for text in texts {
            // What the text has in it was looked up already, so it is one.
            if let Ok(is) = syntax::pattern(&Embedded { text: &text, span: name.span, writing: StringForm::Unknown }) {
                self.part.unknown.push(UnknownDecl { is, since: None, until: None, why: None, from: None });
            }
        }
    }

    fn unknown_import(&mut self, name: &Text) {
        let policy = self.policy;
        let headline = format!("`{}` is not a relation, role or attribute of the pack", name.value);
        let diagnostic = Diagnostic::new(Code::UnknownImport, headline, name.span, "unknown");
        let full_name = |attribute: &Attribute| format!("{}.{}", names::kind_name(policy, attribute.kind), attribute.name);
        // An attribute without its kind is not near to its full name in spelling.
        let bearers: Vec<String> = policy.attributes.values().filter(|attribute| attribute.name == name.value).map(full_name).collect();
        let edit = self.bare(name.span, &name.value);
        self.report(match (bearers.as_slice(), edit) {
            ([one], Some(edit)) => diagnostic.help(format!("did you mean `{one}`?")).patch(edit, one.as_str()),
            ([], Some(edit)) => {
                let relations = policy.relation_names().map(str::to_owned);
                let roles = policy.role_names().map(str::to_owned);
                let known: Vec<String> = relations.chain(roles).chain(policy.attributes.values().map(full_name)).collect();
                diagnostic.nearest(&name.value, edit, known.iter().map(String::as_str))
            }
            ([], None) => diagnostic,
            (several, _) => diagnostic.help(format!("write {}", names::any_of(several.iter().map(String::as_str)))),
        });
    }
}

/// The interval of a declaration.
pub(super) fn interval(since: Option<&Spanned<Instant>>, until: Option<&Spanned<Instant>>) -> Interval {
    Interval { since: since.map_or(Instant::MIN, |since| since.value), until: until.map_or(Instant::MAX, |until| until.value) }
}

/// Types the patterns of all parts and adds them to the world, which has its facts already. Names that nobody declares go to `unresolved`.
pub(super) fn open(
    policy: &Policy,
    world: &mut World,
    mut decls: Vec<UnknownDecl>,
    unresolved: &mut Unresolved,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if decls.is_empty() {
        return;
    }
    let sources = world.sources.clone();
    let own_name = |name: &str| policy.kind_called(name).map(|kind| policy.kinds[kind].meta.name.clone());
    decls.iter_mut().for_each(|decl| decl.is.rename_kinds(&own_name));
    let key = |decl: &UnknownDecl| {
        let why = decl.why.as_ref().map(|why| why.value.clone());
        (decl.is.to_string(), interval(decl.since.as_ref(), decl.until.as_ref()).words(), why, world.place_of(decl.is.span))
    };
    decls.sort_by_cached_key(key);
    let mut typer = PatternTyper::new(policy, &sources);
    let typed: Vec<(UnknownDecl, Pattern)> = decls
        .into_iter()
        .filter_map(|decl| {
            let typed = typer.pattern(&decl.is)?;
            Some((decl, typed))
        })
        .collect();
    let reads: Vec<(Span, PatternReads)> = typed.iter().map(|(decl, typed)| (decl.is.span, PatternReads::of(policy, typed))).collect();
    diagnostics.extend(cycle(policy, &reads));
    let (texts, literals, mistakes) = typer.finish();
    diagnostics.extend(mistakes);
    let Some(names) = Names::of(policy, world, &texts, &literals, unresolved) else { return };
    for (decl, typed) in typed {
        let condition = condition_text(&decl.is);
        let pattern = OpenPattern {
            text: PatternText::Written(decl.is.to_string().into()),
            condition: Expr::True,
            variables: Vec::new(),
            during: interval(decl.since.as_ref(), decl.until.as_ref()),
            why: decl.why.map(|why| why.value.into()),
            place: Some(world.place_of(decl.is.span)),
        };
        add(policy, world, typed, &names, &condition, pattern);
    }
}

/// Adds what a packed world leaves open or states not to hold, if it `admits` that. `None` if that is damaged.
pub(in crate::world) fn reopen(policy: &Policy, world: &mut World, blob: &OpenBlob, admits: impl Fn(Denied) -> bool) -> Option<()> {
    let sources = world.sources.clone();
    let mut typer = PatternTyper::new(policy, &sources);
    let mut typed = Vec::new();
    for pattern in &blob.patterns {
        let TextBlob::Written(text) = &pattern.text else { continue };
        let nowhere = Span::new(FileId(0), 0, 0);
        let written = syntax::pattern(&Embedded { text, span: nowhere, writing: StringForm::Unknown }).ok()?;
        typed.push((typer.pattern(&written)?, condition_text(&written)));
    }
    let (texts, literals, _) = typer.finish();
    let names = Names::of(policy, world, &texts, &literals, &mut Unresolved::default())?;
    let mut typed = typed.into_iter();
    for pattern in &blob.patterns {
        match &pattern.text {
            TextBlob::Event(effect) => {
                let effect = effect.read();
                if !admits(Denied::Fact(effect.statement)) || effect.event.index() >= policy.events.len() {
                    return None;
                }
                world.open_fact_at(policy, effect, pattern.during(), pattern.place());
            }
            TextBlob::Written(text) => {
                let (pattern_typed, condition) = typed.next()?;
                let made = OpenPattern {
                    text: PatternText::Written(text.clone()),
                    condition: Expr::True,
                    variables: Vec::new(),
                    during: pattern.during(),
                    why: pattern.why.clone(),
                    place: pattern.place(),
                };
                add(policy, world, pattern_typed, &names, &condition, made);
            }
        }
    }
    for denial in &blob.denials {
        let (denied, denial) = denial.read();
        if !admits(denied) {
            return None;
        }
        world.deny_at(denied, denial);
    }
    Some(())
}

/// Reads a pattern that is not one of the world: it selects facts, and leaves nothing open. What it names becomes literals and texts of the
/// world. `name` is the file name of the text in diagnostics.
///
/// # Errors
///
/// If the text is no pattern, or names what the world does not declare: the mistakes, and the files that their spans point into.
pub fn read_pattern(policy: &Policy, world: &mut World, text: &str, name: &str) -> Result<FactSelector, (Sources, Vec<Diagnostic>)> {
    let mut sources = world.sources.clone();
    let file = sources.add(name, text.to_owned());
    let span = Span::new(file, 0, text.len());
    let failed = |diagnostics| (sources.clone(), super::presentable(diagnostics));
    let mut written = syntax::pattern(&Embedded { text, span, writing: StringForm::Plain }).map_err(|mistake| failed(vec![mistake]))?;
    written.rename_kinds(&|name| policy.kind_called(name).map(|kind| policy.kinds[kind].meta.name.clone()));
    let mut typer = PatternTyper::after(policy, &sources, world.literals.len());
    let typed = typer.pattern(&written);
    let (texts, literals, mut mistakes) = typer.finish();
    let mut unresolved = Unresolved::default();
    let names = Names::of(policy, world, &texts, &literals, &mut unresolved);
    unresolved.report(policy, world, &mut mistakes);
    match (typed, names) {
        (Some(typed), Some(names)) if !mistakes.iter().any(Diagnostic::is_error) => {
            let pattern = OpenPattern {
                text: PatternText::Written(written.to_string().into()),
                condition: Expr::True,
                variables: Vec::new(),
                during: Interval::ALWAYS,
                why: None,
                place: None,
            };
            let shapes = shapes(policy, world, &typed.fact, &names, world.openings().next());
            Ok(FactSelector { pattern: with_typed(pattern, typed, &names), shapes })
        }
        _ => Err(failed(mistakes)),
    }
}

fn condition_text(pattern: &syntax::ast::expr::Pattern) -> String {
    pattern.condition.as_ref().map_or_else(String::new, ToString::to_string)
}

/// What the texts and entities that only patterns name stand for in a world.
struct Names {
    texts: Vec<Symbol>,
    /// How many texts the policy has.
    known: usize,
}

impl Names {
    /// Looks up the entities, which become literals of the world, and interns the texts. `None` if an entity is not declared.
    fn of(policy: &Policy, world: &mut World, texts: &[String], literals: &[Literal], unresolved: &mut Unresolved) -> Option<Names> {
        let mut sound = true;
        for literal in literals {
            let found = world.find_named(policy, literal.kind, &literal.id);
            if found.is_none() {
                unresolved.entity(literal.kind, &literal.id, literal.span, Some((literal.span, NameForm::Lexed)));
                sound = false;
            }
            if let Some(role) = found.filter(|&ent| world.is_unknown_role(policy, ent)) {
                unresolved.role(world.entity(role).id, literal.span, Some((literal.span, NameForm::Lexed)));
            }
            world.literals.push(found.unwrap_or(EntityId::NONE));
        }
        let texts = texts.iter().map(|text| world.intern(text)).collect();
        sound.then_some(Names { texts, known: policy.texts.len() })
    }

    fn text(&self, text: TextId) -> TextId {
        text.index().checked_sub(self.known).map_or(text, |at| TextId(self.texts[at].0))
    }
}

/// Adds a pattern to the world, with the condition and the variables of the typed one. `condition` is the text of its condition.
fn add(policy: &Policy, world: &mut World, typed: Pattern, names: &Names, condition: &str, pattern: OpenPattern) {
    let shapes = shapes(policy, world, &typed.fact, names, world.openings().next());
    world.add_pattern(policy, with_typed(pattern, typed, names), condition, shapes);
}

fn with_typed(pattern: OpenPattern, typed: Pattern, names: &Names) -> OpenPattern {
    let mut condition = typed.condition.expr;
    condition.map_texts(&|text| names.text(text));
    let variables = typed.condition.variables.into_iter().map(|variable| variable.kinds).collect();
    OpenPattern { condition, variables, ..pattern }
}

/// The shapes of a pattern: one, or of an attribute one for each kind that has it.
fn shapes(policy: &Policy, world: &World, fact: &PatternFact, names: &Names, pattern: PatternId) -> Vec<Shape> {
    let part = |term: &Term| match &term.node {
        TermNode::Variable(variable) => ShapePart::Variable(*variable),
        TermNode::Literal(literal) => ShapePart::Is(Part::Value(Value::Entity(world.literal(*literal)))),
        TermNode::Text(text) => ShapePart::Is(Part::Value(Value::Text(Symbol::of_policy(names.text(*text))))),
        TermNode::Number(number) => ShapePart::Is(Part::Value(Value::Number(*number))),
        TermNode::Date(date) => ShapePart::Is(Part::Value(Value::Date(*date))),
        _ => ShapePart::Any,
    };
    let none = ShapePart::Is(Part::None);
    let plain = |topic, parts| vec![Shape { pattern, topic, parts, kinds: [None, None, None] }];
    let of_attributes = |of: &Term, attributes: &[(KindId, AttributeId)], value: ShapePart| {
        let shape = |&(kind, attribute): &(KindId, AttributeId)| {
            let declared = &policy.attributes[attribute];
            let groups = declared.value.entity_kinds().filter(|_| declared.member_of).cloned();
            let topic = Topic::of_attribute(policy, attribute);
            Shape { pattern, topic, parts: [part(of), value, none], kinds: [Some(KindSet::one(kind)), groups, None] }
        };
        attributes.iter().map(shape).collect::<Vec<_>>()
    };
    match fact {
        PatternFact::Attribute(of, attributes) => of_attributes(of, attributes, ShapePart::Any),
        PatternFact::Fact(FactTerm::Value(of, attributes, value)) => of_attributes(of, attributes, part(value)),
        PatternFact::Fact(FactTerm::Relation(relation, terms)) => {
            let mut parts = [none; 3];
            parts.iter_mut().zip(terms).for_each(|(place, term)| *place = part(term));
            plain(Topic::Relation(*relation), parts)
        }
        PatternFact::Fact(FactTerm::Holds(holder, role, scope)) => {
            let role = match role {
                RoleTerm::Named(role) => ShapePart::Is(Part::Role(*role)),
                RoleTerm::Term(term) => match part(term) {
                    ShapePart::Is(named) => {
                        let role = named.entity().and_then(|ent| world.role_of(ent));
                        role.map_or(ShapePart::Any, |role| ShapePart::Is(Part::Role(role)))
                    }
                    part => part,
                },
            };
            plain(Topic::Holds, [part(holder), role, part(scope)])
        }
        PatternFact::Fact(FactTerm::Member(member, group)) => plain(Topic::Member, [part(member), part(group), none]),
    }
}

/// The attributes that a pattern leaves open, and those that its condition reads.
struct PatternReads {
    opens: BTreeSet<AttributeId>,
    reads: BTreeSet<AttributeId>,
}

impl PatternReads {
    fn of(policy: &Policy, pattern: &Pattern) -> PatternReads {
        let mut found = PatternReads { opens: BTreeSet::new(), reads: BTreeSet::new() };
        match &pattern.fact {
            PatternFact::Attribute(_, attributes) | PatternFact::Fact(FactTerm::Value(_, attributes, _)) => {
                found.opens.extend(attributes.iter().map(|&(_, attribute)| attribute));
            }
            PatternFact::Fact(FactTerm::Member(..)) => {
                found.opens.extend(policy.attributes.iter().filter(|(_, attribute)| attribute.member_of).map(|(id, _)| id));
            }
            PatternFact::Fact(_) => {}
        }
        let containers = || policy.attributes.iter().filter(|(_, attribute)| attribute.container).map(|(id, _)| id);
        for atom in pattern.condition.expr.atoms() {
            if matches!(atom.kind, AtomKind::Within(..)) {
                found.reads.extend(containers());
            }
            for term in atom.kind.terms() {
                for (_, path) in term.hops() {
                    for (_, hop) in path.iter() {
                        match hop {
                            Hop::Attribute(attribute) => _ = found.reads.insert(attribute),
                            Hop::Above(_) => found.reads.extend(containers()),
                            Hop::System => {}
                        }
                    }
                }
            }
        }
        found
    }
}

/// The mistake that the conditions of patterns rest on one another in a circle.
fn cycle(policy: &Policy, patterns: &[(Span, PatternReads)]) -> Option<Diagnostic> {
    // Whether an attribute is open rests on those that conditions read, each with the first such pattern.
    let mut edges: BTreeMap<(AttributeId, AttributeId), Span> = BTreeMap::new();
    for (span, pattern) in patterns {
        for &opened in &pattern.opens {
            for &read in &pattern.reads {
                edges.entry((opened, read)).or_insert(*span);
            }
        }
    }
    let edges: Vec<((AttributeId, AttributeId), Span)> = edges.into_iter().collect();
    let places: Vec<(usize, usize)> = edges.iter().map(|((opened, read), _)| (opened.index(), read.index())).collect();
    let cycle: Vec<_> = graph::cycle_among(&places)?.into_iter().map(|edge| edges[edge]).collect();
    let full_name = |attribute: AttributeId| {
        let declared = &policy.attributes[attribute];
        format!("`{}.{}`", names::kind_name(policy, declared.kind), declared.name)
    };
    let mut spans: Vec<Span> = cycle.iter().map(|(_, span)| *span).collect();
    spans.dedup();
    let start = cycle.iter().take(1).map(|((opened, _), _)| *opened);
    let names: Vec<String> = start.chain(cycle.iter().map(|((_, read), _)| *read)).map(full_name).collect();
    let headline = format!("the patterns depend on one another in a circle: {}", names.join(" → "));
    let mut diagnostic = Diagnostic::new(Code::PatternCycle, headline, spans[0], "depends on what it leaves open");
    for span in spans.into_iter().skip(1) {
        diagnostic = diagnostic.and(span, "so does this pattern");
    }
    Some(diagnostic.help("let one of the patterns do without `where`, or ask of another attribute"))
}

/// The facts that are stated to hold and not to hold at one time.
pub(super) fn stated_both_ways(policy: &Policy, world: &World, is_about: impl Fn(EntityId) -> bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (denied, denials) in world.denials.sorted().into_iter().filter(|(denied, _)| denied.about().any(&is_about)) {
        let facts: Vec<_> = match denied {
            Denied::Fact(statement) => world.facts_stating(statement).collect(),
            Denied::Attribute(entity, attribute) if policy.attributes[attribute].member_of => {
                let groups = |id: &_| match world.fact(*id).statement {
                    Statement::Member { group, .. } => policy.attributes[attribute].is_membership_in(world.kind(group)),
                    _ => false,
                };
                world.memberships(entity).filter(groups).collect()
            }
            Denied::Attribute(entity, attribute) => world.values(entity, attribute).collect(),
            // What is stated is in the set.
            Denied::Others(..) => continue,
        };
        for denial in denials {
            let overlap = facts.iter().find(|&&id| !world.fact(id).during.intersection(denial.during).is_empty());
            let Some(&fact) = overlap else { continue };
            let text = world.statement_text(policy, &world.fact(fact).statement);
            let headline = format!("`{text}` is stated to hold and not to hold at one time");
            let together = world.fact(fact).during.intersection(denial.during);
            let mut diagnostic = Diagnostic::nowhere(Code::StatedBothWays, headline);
            for (span, label) in world.spans(fact).map(|span| (span, "it holds")).chain(denial.span.map(|span| (span, "it does not hold")))
            {
                diagnostic = diagnostic.and(span, label);
            }
            let diagnostic = diagnostic.help("keep one of the two, or end one with `until` when the other begins");
            found.push(match (together.since == Instant::MIN, together.until == Instant::MAX) {
                (true, true) => diagnostic,
                (true, false) => diagnostic.note(format!("until {}", together.until)),
                (false, true) => diagnostic.note(format!("from {} on", together.since)),
                (false, false) => diagnostic.note(format!("from {} until {}", together.since, together.until)),
            });
        }
    }
    found
}

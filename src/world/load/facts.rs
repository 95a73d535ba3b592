//! Facts of world files and of questions, checked against the schema: from the parsed expression (`e holds ROLE on e`) to a [`Statement`].

use super::loader::Loader;
use super::names;
use super::position::ArgumentPosition;
use super::unresolved::NameForm;
use super::values::{Constant, Mistyped, Named, wants};
use crate::diag::{Code, Diagnostic};
use crate::policy::{AttributeId, Id, KindId, KindSet, ValueType, suggest_role, swapped_ends};
use crate::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use crate::syntax::{FactDecl, GivenValue, Op, Text, entity as lexed, quoted};
use crate::text::{Span, Spanned};
use crate::time::{Instant, Interval};
use crate::world::store::facts::GatheredFact;
use crate::world::store::provenance::StatedAt;
use crate::world::{EntityId, Fact, Statement, Value};

const FORMS: &str = "a fact is `relation(e, …)`, `e holds ROLE on e`, `e in GROUP` or `entity.attribute == value`";

impl Loader<'_> {
    /// Reads a fact of a world file.
    pub(super) fn fact(&mut self, decl: &FactDecl) {
        let Some(statement) = self.statement(&decl.is) else { return };
        if let Statement::Member { member, .. } = statement {
            self.part.members.insert(self.world.kind(member));
        }
        let during = Interval {
            since: decl.since.as_ref().map_or(Instant::MIN, |since| since.value),
            until: decl.until.as_ref().map_or(Instant::MAX, |until| until.value),
        };
        self.gather(statement, during, decl.is.span);
    }

    /// Adds a fact for the part of the interval in which the entities that it needs are alive.
    pub(super) fn gather(&mut self, statement: Statement, during: Interval, place: Span) {
        let during = during.intersection(self.world.lifetime(statement));
        if !during.is_empty() {
            self.part.facts.push(GatheredFact { fact: Fact { statement, during }, place: Some(StatedAt::Span(place)) });
        }
    }

    /// The statement of a fact. If the fact is wrong, reports that and returns `None`.
    pub(super) fn statement(&mut self, fact: &Expr) -> Option<Statement> {
        match &fact.node {
            ExprNode::Relation { was: false, name, terms } => self.relation(name, terms, fact.span),
            ExprNode::Holds { was: false, holder, role, scope } => self.holds(holder, role, scope),
            ExprNode::In { term, set } => self.member(term, set),
            ExprNode::Compare { left, op: Op::Eq, right } => self.attribute_value(left, right, fact.span),
            other => {
                let help = match other {
                    ExprNode::Relation { .. } | ExprNode::Holds { .. } => "to say that it held before, leave out `was` and give `until`",
                    ExprNode::Compare { .. } => "an attribute is told with `==`",
                    _ => FORMS,
                };
                self.report(Diagnostic::new(Code::BadFact, "this tells no fact", fact.span, "not a fact").help(help));
                None
            }
        }
    }

    fn relation(&mut self, name: &Spanned<String>, terms: &[Term], span: Span) -> Option<Statement> {
        let policy = self.policy;
        let Some(id) = policy.relation_named(&name.value) else {
            let diagnostic =
                Diagnostic::new(Code::UnknownRelation, format!("no relation is named `{}`", name.value), name.span, "unknown relation");
            self.report(diagnostic.nearest(&name.value, name.span, policy.relation_names()));
            return None;
        };
        let relation = &policy.relations[id];
        if relation.ends.len() != terms.len() {
            let ends: Vec<String> = relation.ends.iter().map(|kinds| names::any_kind(policy, kinds)).collect();
            let (has, given) = (count(relation.ends.len()), terms.len());
            let diagnostic =
                Diagnostic::new(Code::WrongEnds, format!("`{}` has {has}, not {given}", name.value), span, format!("{given} given"));
            self.report(diagnostic.and(relation.meta.span, "declared here").help(format!("its ends: {}", ends.join("; "))));
            return None;
        }
        if self.ends_swapped(name, terms, &relation.ends, relation.meta.span) {
            return None;
        }
        let mut ends = [Some(EntityId::NONE); 3];
        for (index, (term, kinds)) in terms.iter().zip(&relation.ends).enumerate() {
            ends[index] = self.end(term, kinds, ArgumentPosition::End(id, index));
        }
        Some(Statement::Relation(id, [ends[0]?, ends[1]?, ends[2]?]))
    }

    /// Reports two ends that are swapped; false if none are.
    fn ends_swapped(&mut self, name: &Spanned<String>, terms: &[Term], ends: &[KindSet], declared: Span) -> bool {
        let kind = |term: &Term| match &term.node {
            TermNode::Entity { kind, .. } => self.policy.kind_called(&kind.value),
            _ => None,
        };
        let kinds: Vec<Option<KindId>> = terms.iter().map(kind).collect();
        let spans: Vec<Span> = terms.iter().map(|term| term.span).collect();
        let fits = |term: usize, end: usize| kinds[term].is_none_or(|kind| ends[end].contains(kind));
        let swapped = swapped_ends(&self.world.sources, &name.value, &spans, fits);
        let found = swapped.is_some();
        self.part.diagnostics.extend(swapped.map(|swapped| swapped.and(declared, "declared here")));
        found
    }

    fn holds(&mut self, holder: &Term, role: &Term, scope: &Term) -> Option<Statement> {
        let policy = self.policy;
        let holders = self.holders.clone();
        let holder = self.end(holder, &holders, ArgumentPosition::Holder);
        let Some(id) = policy.written_role(role) else {
            if !matches!(role.node, TermNode::Entity { .. }) {
                self.no_role(role, scope);
                return None;
            }
            let role = self.end(role, &KindSet::one(policy.role_kind), ArgumentPosition::Role);
            let scope = self.end(scope, &policy.scopes(), ArgumentPosition::ScopeOfUnknown);
            return Some(self.world.assignment(policy, holder?, role?, scope?));
        };
        let scope = self.end(scope, &policy.roles[id].on, ArgumentPosition::Scope(id));
        Some(Statement::Holds { holder: holder?, role: id, scope: scope? })
    }

    /// Reports what stands after `holds` and is no role; `scope` is what it is held over.
    fn no_role(&mut self, role: &Term, scope: &Term) {
        let diagnostic = match &role.node {
            TermNode::Name(name) => {
                let unknown = Diagnostic::new(Code::UnknownRole, format!("no role is named `{name}`"), role.span, "unknown role");
                let kind = match &scope.node {
                    TermNode::Entity { kind, .. } => self.policy.kind_called(&kind.value),
                    _ => None,
                };
                suggest_role(self.policy, unknown, name, role.span, &kind.map_or_else(|| self.policy.scopes(), KindSet::one))
            }
            _ => Diagnostic::new(Code::BadFact, "a fact names the role that is held", role.span, "no role").help(FORMS),
        };
        self.report(diagnostic);
    }

    fn member(&mut self, member: &Term, group: &Term) -> Option<Statement> {
        let policy = self.policy;
        let members: KindSet = policy.kinds.ids().filter(|kind| !self.groups[kind.index()].is_empty()).collect();
        let member = self.end(member, &members, ArgumentPosition::Member);
        let groups = match member {
            Some(member) => self.groups[self.world.kind(member).index()].clone(),
            None => self.groups.iter().fold(KindSet::default(), |all, groups| all.union(groups)),
        };
        let group = self.end(group, &groups, ArgumentPosition::Group);
        Some(Statement::Member { member: member?, group: group? })
    }

    fn attribute_value(&mut self, left: &Term, right: &Term, span: Span) -> Option<Statement> {
        let (bearer, name) = match &left.node {
            TermNode::Attribute(bearer, name) => (bearer, name),
            TermNode::Entity { kind, id } => {
                self.unquoted(&kind.value, id, left.span);
                return None;
            }
            _ => {
                self.report(Diagnostic::new(Code::BadFact, "this tells no fact", span, "no attribute stands on the left").help(FORMS));
                return None;
            }
        };
        let (entity, attribute) = self.bearer_and_attribute(bearer, name);
        if let Some(attribute) = attribute.filter(|&attribute| self.policy.attributes[attribute].key) {
            let name = &self.policy.attributes[attribute].name;
            let diagnostic = Diagnostic::new(Code::BadFact, format!("no fact gives a key such as `{name}`"), span, "a key");
            self.report(diagnostic.help(format!("give `{name}` where the entity is declared: keys are the same at all times")));
            return None;
        }
        let value = attribute.and_then(|attribute| self.constant(attribute, right));
        let (Some(attribute), Some(value)) = (attribute, value) else {
            self.part.spoiled.extend(entity);
            return None;
        };
        let entity = entity?;
        Some(Statement::of_attribute(self.policy, entity, attribute, value))
    }

    /// The entity and the attribute of `entity.attribute`.
    pub(super) fn bearer(&mut self, bearer: &Term, name: &Spanned<String>) -> Option<(EntityId, AttributeId)> {
        let (entity, attribute) = self.bearer_and_attribute(bearer, name);
        Some((entity?, attribute?))
    }

    fn bearer_and_attribute(&mut self, bearer: &Term, name: &Spanned<String>) -> (Option<EntityId>, Option<AttributeId>) {
        let all: KindSet = self.policy.kinds.ids().filter(|&kind| kind != self.policy.role_kind).collect();
        let kind = match &bearer.node {
            TermNode::Entity { kind, .. } => self.policy.kind_called(&kind.value).filter(|&kind| all.contains(kind)),
            _ => None,
        };
        let entity = self.end(bearer, &all, ArgumentPosition::Bearer);
        // The attribute is looked up by the kind alone, so that its mistakes are reported even if the entity is unknown.
        (entity, kind.and_then(|kind| self.attribute(kind, name, &[])))
    }

    /// The attribute with this name of the kind. For an unknown name a similar attribute is suggested, but never one that is in `given`.
    pub(super) fn attribute(&mut self, kind: KindId, name: &Spanned<String>, given: &[(Text, Spanned<GivenValue>)]) -> Option<AttributeId> {
        let found = self.policy.attribute_named(kind, &name.value);
        if found.is_none() {
            let headline = format!("kind `{}` has no attribute `{}`", names::kind_name(self.policy, kind), name.value);
            let diagnostic = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "unknown attribute");
            let policy = self.policy;
            let diagnostic = match self.bare(name.span, &name.value) {
                Some(span) => {
                    let is_given = |known: &str| given.iter().any(|(name, _)| name.value == known);
                    diagnostic.nearest(&name.value, span, names::attributes_of(policy, kind).filter(|known| !is_given(known)))
                }
                None => diagnostic,
            };
            self.report(diagnostic);
        }
        found
    }

    /// Reports `device:d7.added-by == …`, which is lexed as an entity with a dot in its id.
    fn unquoted(&mut self, kind: &str, id: &str, span: Span) {
        let known = self.policy.kind_called(kind);
        let attribute = id.rsplit_once('.').filter(|(_, name)| known.is_some_and(|kind| self.policy.attribute_named(kind, name).is_some()));
        self.report(match attribute {
            Some((id, name)) => {
                let meant = format!("{kind}:{}.{name}", quoted(id));
                Diagnostic::new(Code::BadFact, format!("the dot belongs to the id of `{kind}:{id}.{name}`"), span, "lexed as an entity")
                    .help(format!("quote the id: `{meant}`"))
                    .patch(span, meant)
            }
            None => Diagnostic::new(Code::BadFact, "an attribute stands left of `==`", span, "an entity, not an attribute")
                .help(format!("write `{kind}:{}.attribute == value`", quoted(id))),
        });
    }

    /// An entity of one of these kinds. Except on the two sides of `==`, a fact takes no other term.
    fn end(&mut self, term: &Term, kinds: &KindSet, position: ArgumentPosition) -> Option<EntityId> {
        match &term.node {
            TermNode::Entity { kind, id } => {
                let form = if matches!(position, ArgumentPosition::Bearer) { NameForm::Bearer } else { NameForm::Lexed };
                let edit = Some((term.span, form));
                self.entity(&Named { kind: &kind.value, kind_span: Some(kind.span), id, span: term.span, edit }, kinds, position)
            }
            TermNode::Name(name) => {
                let diagnostic = Diagnostic::new(Code::BadFact, "a fact names entities", term.span, "a variable");
                self.report(match self.only_of_that_id(name, kinds) {
                    Some(whole) => diagnostic.help(format!("did you mean `{whole}`?")).patch(term.span, whole),
                    None => diagnostic.help(format!("write `kind:id`; the kind is {} here", names::any_kind(self.policy, kinds))),
                });
                None
            }
            other => {
                let label = match other {
                    TermNode::Any => "anybody, not an entity",
                    TermNode::Attribute(..) => "an attribute, not an entity",
                    TermNode::Text(_) => "a string, not an entity",
                    TermNode::Number(_) => "a number, not an entity",
                    TermNode::Date(_) => "a date, not an entity",
                    _ => "nobody asks here",
                };
                let diagnostic = Diagnostic::new(Code::BadFact, "a fact names entities", term.span, label);
                self.report(diagnostic.help(format!("write `kind:id`; the kind is {} here", names::any_kind(self.policy, kinds))));
                None
            }
        }
    }

    /// The name of the entity of these kinds with this id; `None` if there is no such entity or more than one.
    fn only_of_that_id(&self, id: &str, kinds: &KindSet) -> Option<String> {
        let mut found = kinds.iter().filter_map(|kind| self.world.find(kind, id).map(|_| kind));
        let kind = found.next()?;
        found.next().is_none().then(|| lexed(names::kind_name(self.policy, kind), id))
    }

    /// The constant on the right of `==`, which must be of the attribute's type.
    fn constant(&mut self, attribute: AttributeId, term: &Term) -> Option<Value> {
        let (position, policy) = (ArgumentPosition::Attribute(attribute), self.policy);
        let wanted = &policy.attributes[attribute].value;
        let constant = match (&term.node, wanted) {
            (TermNode::Entity { .. } | TermNode::Name(_), ValueType::Entity(kinds)) => {
                return self.end(term, kinds, position).map(Value::Entity);
            }
            (TermNode::Text(text), _) => Constant::Text { text, edit: Some(term.span), form: NameForm::Lexed },
            (&TermNode::Number(number), _) => Constant::Number(number),
            (&TermNode::Date(date), _) => Constant::Date(date),
            (TermNode::Name(name), ValueType::OneOf(_) | ValueType::Text) => {
                let text = quoted(name);
                let diagnostic = Diagnostic::new(Code::BadFact, "a fact names entities", term.span, "a variable");
                self.report(diagnostic.help(format!("strings need quotes: `{text}`")).patch(term.span, text));
                return None;
            }
            (TermNode::Entity { .. }, _) => {
                let diagnostic = self.wrong_type(position, wanted, "an entity".to_owned(), term.span);
                self.report(diagnostic);
                return None;
            }
            _ => {
                let diagnostic = Diagnostic::new(Code::BadFact, "the value of a fact is not known", term.span, "no constant");
                self.report(diagnostic.help(format!("write {}", wants(wanted))));
                return None;
            }
        };
        match self.typed(position, wanted, &constant, term.span) {
            Ok(value) => Some(value),
            Err(mistyped) => {
                if matches!(mistyped, Mistyped::WrongType) {
                    let diagnostic = self.wrong_type(position, wanted, constant.noun().to_owned(), term.span);
                    self.report(diagnostic);
                }
                None
            }
        }
    }
}

fn count(ends: usize) -> String {
    if ends == 1 { "1 end".to_owned() } else { format!("{ends} ends") }
}

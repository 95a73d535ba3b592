//! Typing of terms.

use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{Hop, Term, TermNode};
use crate::policy::ids::KindId;
use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::syntax::ast::expr::{Term as Written, TermNode as ExprNode};
use crate::text::{Span, Spanned};

/// The name that `role.system` has.
const SYSTEM: &str = "system";

/// A term with its type.
pub(super) struct Typed {
    pub(super) term: Term,
    pub(super) ty: Type,
    /// It has any number of values, so it may only be the right side of `in`.
    pub(super) many: bool,
    /// It is a constant: an entity, text, number or date.
    pub(super) constant: bool,
}

impl Typed {
    /// The kinds of an entity; `None` if it is another value, or of any type.
    pub(super) fn kinds(&self) -> Option<&KindSet> {
        self.ty.kinds()
    }
}

impl TypeChecker<'_> {
    /// Types a term; `None` after a mistake.
    pub(super) fn term(&mut self, scope: Scope<'_>, variables: &Variables, written: &Written) -> Option<Typed> {
        let span = written.span;
        let single = |node, ty| Some(Typed { term: Term { span, node }, ty, many: false, constant: false });
        let constant = |node, ty| Some(Typed { term: Term { span, node }, ty, many: false, constant: true });
        match &written.node {
            ExprNode::Subject => match scope.subject {
                Some(kinds) => single(TermNode::Subject, Type::entity(kinds.clone())),
                None => self.misplaced("subject", scope, span),
            },
            ExprNode::Resource => match scope.resource {
                Some(kinds) => single(TermNode::Resource, Type::entity(kinds.clone())),
                None => self.misplaced("resource", scope, span),
            },
            ExprNode::Name(name) => {
                if let Some(at) = scope.parameters.iter().position(|parameter| parameter.name == *name) {
                    let parameter = &scope.parameters[at];
                    let ty = Type::from(&parameter.value);
                    return Some(Typed { term: Term { span, node: TermNode::Parameter(at) }, ty, many: parameter.many, constant: false });
                }
                let (variable, kinds) = variables.variable(name)?;
                single(TermNode::Variable(variable), Type::entity(kinds.clone()))
            }
            ExprNode::Attribute(of, name) => self.hop(scope, variables, of, name, span),
            ExprNode::Entity { kind, id } => {
                let known = self.kind(kind)?;
                let role = if known == self.policy.role_kind { self.policy.role_called(id) } else { None };
                if known == self.policy.role_kind && role.is_none() && !self.of_world {
                    let unknown = Diagnostic::new(Code::UnknownRole, format!("no role is named `{id}`"), span, "not declared");
                    let near = crate::diag::did_you_mean(id, self.policy.role_names()).map(|near| format!("did you mean `role:{near}`?"));
                    self.report(match near {
                        Some(near) => unknown.help(near),
                        None => unknown,
                    });
                    return None;
                }
                let policy = self.policy;
                let id = match role {
                    Some(role) => policy.roles[role].meta.name.clone(),
                    None if known == policy.role_kind => id.to_lowercase(),
                    None => id.clone(),
                };
                let literal = self.literal(known, &id, span);
                constant(TermNode::Literal(literal), Type::entity(KindSet::one(known)))
            }
            ExprNode::Text(text) => {
                let id = self.text(text);
                constant(TermNode::Text(id), Type::Of(ValueType::OneOf(vec![id])))
            }
            ExprNode::Number(number) => constant(TermNode::Number(*number), Type::Of(ValueType::Number)),
            ExprNode::Date(date) => constant(TermNode::Date(*date), Type::Of(ValueType::Date)),
            ExprNode::Any => {
                self.report(
                    Diagnostic::new(Code::MisplacedTerm, "`_` cannot stand here", span, "\"someone, something\" of what kind?")
                        .help("`_` stands for an end of a relation, in `holds` and in membership; elsewhere use a variable"),
                );
                None
            }
        }
    }

    /// Reports `subject` or `resource` where a condition has none.
    fn misplaced<T>(&mut self, word: &str, scope: Scope<'_>, span: Span) -> Option<T> {
        self.report(
            Diagnostic::new(Code::MisplacedSubject, format!("there is no `{word}` here"), span, "nothing stands for it").help(scope.place),
        );
        None
    }

    /// Types `of.name`: an attribute, or the nearest container of that kind.
    fn hop(&mut self, scope: Scope<'_>, variables: &Variables, of: &Written, name: &Spanned<String>, span: Span) -> Option<Typed> {
        let of = self.term(scope, variables, of)?;
        if of.many {
            self.report(
                Diagnostic::new(
                    Code::MisplacedTerm,
                    format!("`{}` is read from many values at once", name.value),
                    of.term.span,
                    "holds any number of values",
                )
                .help("bind a variable to one of them: `x in …`"),
            );
            return None;
        }
        let Type::Of(value) = &of.ty else { return None };
        let Some(kinds) = value.entity_kinds().cloned() else {
            let what = value.noun();
            let headline = format!("{what} has no attribute `{}`", name.value);
            self.report(Diagnostic::new(Code::UnknownAttribute, headline, name.span, format!("read from {what}")));
            return None;
        };
        let target = self.policy.kind_named(&name.value);
        let mut hops: Vec<(KindId, Hop)> = Vec::new();
        let mut ty: Option<Type> = None;
        let mut many = false;
        for kind in kinds.iter() {
            let declared = &self.policy.kinds[kind];
            let (hop, found) = match target {
                Some(target) if target == kind || declared.above.contains(target) => {
                    (Hop::Above(target), Type::entity(KindSet::one(target)))
                }
                _ if kind == self.policy.role_kind && name.value == SYSTEM && !self.policy.systems.is_empty() => {
                    self.reads_system.get_or_insert(span);
                    (Hop::System, Type::Of(ValueType::OneOf(self.policy.systems.clone())))
                }
                _ => {
                    let Some(attribute) = self.policy.attribute_named(kind, &name.value) else { continue };
                    many |= self.policy.attributes[attribute].many;
                    (Hop::Attribute(attribute), Type::from(&self.policy.attributes[attribute].value))
                }
            };
            hops.push((kind, hop));
            ty = Some(match ty {
                None => found,
                Some(before) => before.union(found),
            });
        }
        let Some(ty) = ty else {
            let whose = self.list_kinds(&kinds);
            let headline = format!("{whose} has no attribute `{}`, and lies within no kind of that name", name.value);
            let mut known: Vec<&str> = Vec::new();
            for kind in kinds.iter() {
                let declared = &self.policy.kinds[kind];
                known.extend(declared.attributes.iter().map(|&attribute| self.policy.attributes[attribute].name.as_str()));
                known.extend(declared.above.iter().map(|above| self.policy.kinds[above].meta.name.as_str()));
            }
            let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "unknown");
            self.report(unknown.nearest(&name.value, name.span, known));
            return None;
        };
        Some(Typed { term: Term { span, node: TermNode::Path(Box::new(of.term), hops.into_iter().collect()) }, ty, many, constant: false })
    }

    /// The kinds as a list for people: `customer, site or room`.
    pub(super) fn list_kinds(&self, kinds: &KindSet) -> String {
        let names: Vec<String> = kinds.iter().map(|kind| format!("`{}`", self.policy.kinds[kind].meta.name)).collect();
        match names.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first @ .., last] if first.len() < 5 => format!("{} or {last}", first.join(", ")),
            [first @ .., _] => format!("{} or one of {} others", first[..4].join(", "), names.len() - 4),
        }
    }

    /// The name of a type, for people.
    pub(super) fn describe(&self, ty: &Type) -> String {
        ty.kinds().map_or_else(|| ty.noun().to_owned(), |kinds| self.list_kinds(kinds))
    }
}

//! Typing of terms.

use super::variables::Variables;
use super::{Scope, Type, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{Hop, Term, TermNode};
use crate::policy::ids::{Id, KindId};
use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::syntax::ast::expr::{Term as Written, TermNode as ExprNode};
use crate::text::{Span, Spanned};

/// A term with its type.
pub(super) struct Typed {
    pub(super) term: Term,
    pub(super) ty: Type,
    /// Holds any number of values, so that it stands right of `in` alone.
    pub(super) many: bool,
    /// A constant of the text.
    pub(super) constant: bool,
}

impl Typed {
    /// The kinds of an entity; nothing if it is no entity, or anything.
    pub(super) fn kinds(&self) -> Option<&KindSet> {
        match &self.ty {
            Type::Entity(kinds) => Some(kinds),
            _ => None,
        }
    }
}

impl TypeChecker<'_> {
    /// A term; nothing where a mistake was told that leaves no term.
    pub(super) fn term(&mut self, scope: Scope<'_>, variables: &Variables, written: &Written) -> Option<Typed> {
        let span = written.span;
        let single = |node, ty| Some(Typed { term: Term { span, node }, ty, many: false, constant: false });
        let constant = |node, ty| Some(Typed { term: Term { span, node }, ty, many: false, constant: true });
        match &written.node {
            ExprNode::Subject => match scope.subject {
                Some(kinds) => single(TermNode::Subject, Type::Entity(kinds.clone())),
                None => self.misplaced("subject", scope, span),
            },
            ExprNode::Resource => match scope.resource {
                Some(kinds) => single(TermNode::Resource, Type::Entity(kinds.clone())),
                None => self.misplaced("resource", scope, span),
            },
            ExprNode::Name(name) => {
                if let Some(at) = scope.parameters.iter().position(|parameter| parameter.name == *name) {
                    let parameter = &scope.parameters[at];
                    let ty = Type::of(&parameter.value);
                    return Some(Typed { term: Term { span, node: TermNode::Parameter(at) }, ty, many: parameter.many, constant: false });
                }
                let (variable, kinds) = variables.variable(name)?;
                single(TermNode::Variable(variable), Type::Entity(kinds.clone()))
            }
            ExprNode::Attribute(of, name) => self.step(scope, variables, of, name, span),
            ExprNode::Entity { kind, id } => {
                let Some(&known) = self.kinds.get(kind.value.as_str()) else {
                    let unknown =
                        Diagnostic::new(Code::UnknownKind, format!("no kind is named `{}`", kind.value), kind.span, "not declared");
                    let names: Vec<String> = self.kinds.keys().map(|&name| name.to_owned()).collect();
                    self.told(unknown.nearest(&kind.value, kind.span, names.iter().map(String::as_str)));
                    return None;
                };
                if known == self.policy.role_kind && !self.roles.contains_key(id.as_str()) {
                    let unknown = Diagnostic::new(Code::UnknownRole, format!("no role is named `{id}`"), span, "not declared");
                    let near = crate::diag::did_you_mean(id, self.roles.keys().copied()).map(|near| format!("did you mean `role:{near}`?"));
                    self.told(match near {
                        Some(near) => unknown.help(near),
                        None => unknown,
                    });
                    return None;
                }
                let literal = self.literal(known, id, span);
                constant(TermNode::Literal(literal), Type::Entity(KindSet::one(known)))
            }
            ExprNode::Text(text) => {
                let id = self.text(text);
                constant(TermNode::Text(id), Type::Text(Some(vec![id])))
            }
            ExprNode::Number(number) => constant(TermNode::Number(*number), Type::Number),
            ExprNode::Date(date) => constant(TermNode::Date(*date), Type::Date),
            ExprNode::Any => {
                self.told(
                    Diagnostic::new(Code::MisplacedTerm, "`_` cannot stand here", span, "\"someone, something\" of what kind?")
                        .help("`_` stands for an end of a relation, in `holds` and in membership; elsewhere use a variable"),
                );
                None
            }
        }
    }

    fn misplaced<T>(&mut self, word: &str, scope: Scope<'_>, span: Span) -> Option<T> {
        self.told(
            Diagnostic::new(Code::MisplacedSubject, format!("there is no `{word}` here"), span, "nothing stands for it").help(scope.place),
        );
        None
    }

    fn step(&mut self, scope: Scope<'_>, variables: &Variables, of: &Written, name: &Spanned<String>, span: Span) -> Option<Typed> {
        let of = self.term(scope, variables, of)?;
        if of.many {
            self.told(
                Diagnostic::new(
                    Code::MisplacedTerm,
                    format!("`{}` is asked of many values at once", name.value),
                    of.term.span,
                    "holds any number of values",
                )
                .help("bind a variable to one of them: `x in …`"),
            );
            return None;
        }
        let kinds = match &of.ty {
            Type::Entity(kinds) => kinds.clone(),
            Type::Any => return None,
            ty => {
                let what = type_name(ty);
                let headline = format!("{what} has no attribute `{}`", name.value);
                self.told(Diagnostic::new(Code::UnknownAttribute, headline, name.span, format!("asked of {what}")));
                return None;
            }
        };
        let target = self.kinds.get(name.value.as_str()).copied();
        let mut steps: Vec<(KindId, Hop)> = Vec::new();
        let mut ty: Option<Type> = None;
        let mut many = false;
        for kind in kinds.iter() {
            let declared = &self.policy.kinds[kind];
            let (step, found) = match target {
                Some(target) if target == kind || declared.above.contains(target) => {
                    (Hop::Above(target), Type::Entity(KindSet::one(target)))
                }
                _ => {
                    let own = declared.attributes.iter().find(|&&attribute| self.policy.attributes[attribute].name == name.value);
                    let Some(&attribute) = own else { continue };
                    many |= self.policy.attributes[attribute].many;
                    (Hop::Attribute(attribute), Type::of(&self.policy.attributes[attribute].value))
                }
            };
            steps.push((kind, step));
            ty = Some(match ty {
                None => found,
                Some(before) => join(before, found),
            });
        }
        let Some(ty) = ty else {
            let whose = self.kind_names(&kinds);
            let headline = format!("{whose} has no attribute `{}`, and lies within no kind of that name", name.value);
            let mut known: Vec<&str> = Vec::new();
            for kind in kinds.iter() {
                let declared = &self.policy.kinds[kind];
                known.extend(declared.attributes.iter().map(|&attribute| self.policy.attributes[attribute].name.as_str()));
                known.extend(declared.above.iter().map(|above| self.policy.kinds[above].meta.name.as_str()));
            }
            let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "unknown");
            self.told(unknown.nearest(&name.value, name.span, known));
            return None;
        };
        Some(Typed { term: Term { span, node: TermNode::Path(Box::new(of.term), steps.into_iter().collect()) }, ty, many, constant: false })
    }

    /// The names of kinds, for people: `customer, site or room`.
    pub(super) fn kind_names(&self, kinds: &KindSet) -> String {
        let names: Vec<String> = kinds.iter().map(|kind| format!("`{}`", self.policy.kinds[kind].meta.name)).collect();
        match names.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first @ .., last] if first.len() < 5 => format!("{} or {last}", first.join(", ")),
            [first @ .., _] => format!("{} or one of {} others", first[..4].join(", "), names.len() - 4),
        }
    }

    /// What a type is called, for people.
    pub(super) fn describe(&self, ty: &Type) -> String {
        match ty {
            Type::Entity(kinds) => self.kind_names(kinds),
            ty => type_name(ty).to_owned(),
        }
    }
}

fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Entity(_) => "an entity",
        Type::Text(_) => "a text",
        Type::Number => "a number",
        Type::Date => "a date",
        Type::Any => "something",
    }
}

/// What a term may be that is either.
fn join(a: Type, b: Type) -> Type {
    match (a, b) {
        (Type::Entity(a), Type::Entity(b)) => Type::Entity(a.union(&b)),
        (Type::Text(Some(mut a)), Type::Text(Some(b))) => {
            a.extend(b);
            a.sort_by_key(|text| text.index());
            a.dedup();
            Type::Text(Some(a))
        }
        (Type::Text(_), Type::Text(_)) => Type::Text(None),
        (Type::Number, Type::Number) => Type::Number,
        (Type::Date, Type::Date) => Type::Date,
        _ => Type::Any,
    }
}

/// Whether the attribute's type is one of fixed texts.
pub(super) fn fixed_texts(value: &ValueType) -> Option<&[crate::policy::ids::TextId]> {
    match value {
        ValueType::OneOf(texts) => Some(texts),
        _ => None,
    }
}

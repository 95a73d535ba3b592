//! Replaces variables that occur only once by `_`, since they are a mistake.

use super::condition::Conditions;
use delegraph::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};
use delegraph::syntax::{Embedded, StringForm, condition};
use delegraph::text::{FileId, Span};

/// A place where a variable occurs.
struct Place {
    text: usize,
    name: String,
    span: Span,
    /// The atom, if `_` is not allowed in it.
    atom: Option<Span>,
}

/// The variables that a condition binds wherever it is true: those that are ends of a relation, or holder or scope of a role, in the
/// condition itself or in a part of an outermost `and`.
pub fn bound_outright(text: &str) -> Vec<String> {
    let source = Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain };
    let read = condition(&source).unwrap_or_else(|mistake| panic!("{text}: {}", mistake.headline));
    let mut names = Vec::new();
    let parts = match &read.node {
        ExprNode::And(parts) => parts.as_slice(),
        _ => std::slice::from_ref(&read),
    };
    for part in parts {
        let terms = match &part.node {
            ExprNode::Relation { terms, .. } => terms.iter().collect(),
            ExprNode::Holds { holder, scope, .. } => vec![holder, scope],
            _ => Vec::new(),
        };
        for term in terms {
            if let TermNode::Name(name) = &term.node
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
    }
    names
}

impl Conditions<'_> {
    /// The texts of one condition and its conclusion, without variables that occur only once.
    pub fn without_lone_variables<const N: usize>(&self, texts: [String; N]) -> [String; N] {
        let mut places = Vec::new();
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let source = Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain };
            let read = condition(&source).unwrap_or_else(|mistake| panic!("{text}: {}", mistake.headline));
            self.places(at, &read, &mut places);
        }
        let is_lone = |place: &&Place| {
            let twice = places.iter().filter(|other| other.name == place.name).count() > 1;
            !twice && self.schema.kind_named(&place.name).is_none()
        };
        let mut lone: Vec<&Place> = places.iter().filter(is_lone).collect();
        // Begins at the end, so that the spans of earlier places stay right.
        lone.sort_by_key(|place| std::cmp::Reverse(place.span.start));
        let mut texts = texts;
        for place in lone {
            let text = &mut texts[place.text];
            match place.atom {
                None => text.replace_range(place.span.start as usize..place.span.end as usize, "_"),
                // `_` is not allowed in this atom, so a second place is added.
                Some(atom) => {
                    text.insert_str(atom.end as usize, &format!(" and {0} == {0})", place.name));
                    text.insert(atom.start as usize, '(');
                }
            }
        }
        texts
    }

    fn places(&self, text: usize, part: &Expr, found: &mut Vec<Place>) {
        let mut note = |term: &Term, atom: Option<Span>| {
            let mut here = term;
            while let TermNode::Attribute(of, _) = &here.node {
                here = of;
            }
            if let TermNode::Name(name) = &here.node
                && self.parameters.iter().all(|(parameter, ..)| parameter != name)
                && !self.reserved.contains(name)
            {
                found.push(Place { text, name: name.clone(), span: here.span, atom });
            }
        };
        match &part.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| self.places(text, part, found)),
            ExprNode::Not(part) => self.places(text, part, found),
            ExprNode::Relation { terms, .. } => terms.iter().for_each(|term| note(term, None)),
            ExprNode::Holds { holder, role, scope, .. } => {
                [holder, scope].into_iter().for_each(|term| note(term, None));
                if let Some(name) = role.name().filter(|name| self.schema.roles.iter().all(|known| known.name != *name)) {
                    found.push(Place { text, name: name.to_owned(), span: role.span, atom: None });
                }
            }
            ExprNode::In { term, set } => [term, set].into_iter().for_each(|term| note(term, None)),
            ExprNode::Is { term, .. } | ExprNode::InList { term, .. } => note(term, Some(part.span)),
            ExprNode::Within { term, scope } => [term, scope].into_iter().for_each(|term| note(term, Some(part.span))),
            ExprNode::Compare { left, right, .. } => [left, right].into_iter().for_each(|term| note(term, Some(part.span))),
            ExprNode::Toggle(_) | ExprNode::Bool(_) => {}
        }
    }
}

//! Kinds, their attributes and their containers.

use super::Resolver;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Arena, AttributeId, Id, KindId};
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::Metadata;
use crate::policy::schema::{Attribute, Kind};
use crate::policy::value_type::ValueType;
use crate::syntax::{AttributeDecl, KindDecl, Text, ValueDecl};
use crate::text::{FileId, Span};
use std::collections::BTreeMap;

/// Kinds and attributes, while they are resolved one by one.
#[derive(Default)]
struct Schema {
    kinds: Arena<KindId, Kind>,
    attributes: Arena<AttributeId, Attribute>,
    /// The kinds that directly contain each kind.
    parents: Vec<KindSet>,
}

/// All kinds, including `role`, and the attributes of all.
pub(super) fn kinds(resolver: &mut Resolver<'_>, decls: &[KindDecl]) -> (Arena<KindId, Kind>, Arena<AttributeId, Attribute>) {
    let mut schema = Schema::default();
    let (before, after) = decls.split_at(resolver.role_kind.index());
    for decl in before {
        schema.kind(resolver, decl);
    }
    schema.role_kind();
    for decl in after {
        schema.kind(resolver, decl);
    }
    schema.close();
    (schema.kinds, schema.attributes)
}

impl Schema {
    /// The kind that every pack has and no file declares.
    fn role_kind(&mut self) {
        let span = Span::new(FileId(0), 0, 0);
        self.add(Metadata::new("role".to_owned(), span), Vec::new(), false, (Vec::new(), Vec::new(), None), KindSet::default());
    }

    fn kind(&mut self, resolver: &mut Resolver<'_>, decl: &KindDecl) {
        let id = KindId::from_index(self.kinds.len());
        let mut attributes = BTreeMap::new();
        let parents = containers(resolver, id, &decl.within, &mut attributes);
        declared(resolver, id, &decl.attributes, &mut attributes);
        let attributes: Vec<Attribute> = attributes.into_values().collect();
        check_memberships(resolver, &decl.meta.name.value, &attributes);
        let exactly_one = exactly_one(resolver, decl, &attributes);
        let label = decl.label.as_ref().and_then(|name| label(resolver, &decl.meta.name.value, name, &attributes));
        let meta = resolver.meta(&decl.meta);
        let aka = decl.aka.iter().map(|name| name.value.clone()).collect();
        self.add(meta, aka, decl.subject, (attributes, exactly_one, label), parents);
    }

    /// `exactly_one` and `label` are indexes of `attributes`.
    fn add(
        &mut self,
        meta: Metadata,
        aka: Vec<String>,
        subject: bool,
        (attributes, exactly_one, label): (Vec<Attribute>, Vec<usize>, Option<usize>),
        parents: KindSet,
    ) {
        let ids: Vec<AttributeId> = attributes.into_iter().map(|attribute| self.attributes.push(attribute)).collect();
        let within = ids.iter().copied().filter(|&id| self.attributes[id].container).collect();
        let exactly_one = exactly_one.into_iter().map(|at| ids[at]).collect();
        let label = label.map(|at| ids[at]);
        let (above, below) = (KindSet::default(), KindSet::default());
        self.kinds.push(Kind { meta, aka, subject, attributes: ids, label, exactly_one, within, above, below });
        self.parents.push(parents);
    }

    /// Computes the kinds above and below each kind.
    fn close(&mut self) {
        for kind in self.kinds.ids() {
            let mut above = KindSet::default();
            let mut open = vec![kind];
            while let Some(inner) = open.pop() {
                for outer in self.parents[inner.index()].iter() {
                    if !above.contains(outer) {
                        above.insert(outer);
                        open.push(outer);
                    }
                }
            }
            for outer in above.iter() {
                self.kinds[outer].below.insert(kind);
            }
            self.kinds[kind].above = above;
        }
    }
}

/// Adds the attributes that `within` declares, and returns the kinds that it names: every kind if one is unknown, so that no further
/// mistake follows.
fn containers(resolver: &mut Resolver<'_>, kind: KindId, within: &[Text], attributes: &mut BTreeMap<String, Attribute>) -> KindSet {
    let known = resolver.kinds_if_known(within);
    for name in within {
        if let Some(first) = attributes.get(&name.value) {
            let headline = format!("`within` names `{}` twice", name.value);
            let again = Diagnostic::new(Code::DuplicateAttribute, headline, name.span, "the second").and(first.span, "the first");
            resolver.problems.push(again.help("remove one of them"));
            continue;
        }
        let Some(container) = resolver.kinds.find(&name.value) else {
            resolver.problems.lose(&name.value);
            continue;
        };
        let attribute = Attribute {
            kind,
            name: name.value.clone(),
            span: name.span,
            value: ValueType::Entity(KindSet::one(container)),
            many: false,
            member_of: false,
            optional: false,
            history: false,
            fixed: false,
            key: false,
            container: true,
        };
        attributes.insert(name.value.clone(), attribute);
    }
    known.unwrap_or_else(|| resolver.every_kind.clone())
}

/// Adds the declared attributes.
fn declared(resolver: &mut Resolver<'_>, kind: KindId, decls: &[AttributeDecl], attributes: &mut BTreeMap<String, Attribute>) {
    for decl in decls {
        let value = resolver.value(&decl.value);
        let name = &decl.name;
        if let Some(first) = attributes.get(&name.value) {
            let headline = format!("the kind has two attributes named `{}`", name.value);
            let origin = if first.container { "`within` gives it" } else { "the first" };
            let twice = Diagnostic::new(Code::DuplicateAttribute, headline, name.span, "declared here").and(first.span, origin);
            resolver.problems.push(twice.help("remove the attribute, or rename it"));
            continue;
        }
        let member_of = matches!(decl.value, ValueDecl::MemberOf(_));
        let attribute = Attribute {
            kind,
            name: name.value.clone(),
            span: name.span,
            value,
            many: decl.many || member_of,
            member_of,
            optional: decl.optional,
            history: decl.history,
            fixed: decl.fixed || decl.key,
            key: decl.key,
            container: false,
        };
        attributes.insert(name.value.clone(), attribute);
    }
}

/// Reports two attributes of a kind that are memberships in groups of the same kind.
fn check_memberships(resolver: &mut Resolver<'_>, kind: &str, attributes: &[Attribute]) {
    let mut taken: BTreeMap<KindId, &Attribute> = BTreeMap::new();
    for attribute in attributes.iter().filter(|attribute| attribute.member_of) {
        let Some(groups) = attribute.value.entity_kinds() else { continue };
        if *groups == resolver.every_kind {
            continue;
        }
        let Some(first) = groups.iter().find_map(|group| taken.get(&group).copied()) else {
            taken.extend(groups.iter().map(|group| (group, attribute)));
            continue;
        };
        let headline = format!("the kind `{kind}` has two `member-of` attributes for one kind of group");
        let ambiguous = Diagnostic::new(Code::AmbiguousMembership, headline, attribute.span, "the second").and(first.span, "the first");
        resolver.problems.push(ambiguous.help("keep one of them: membership must be stated in a single attribute"));
    }
}

/// The index in `attributes` of the label. Reports one that is not declared or is not one text.
fn label(resolver: &mut Resolver<'_>, kind: &str, name: &Text, attributes: &[Attribute]) -> Option<usize> {
    let Ok(index) = attributes.binary_search_by(|attribute| attribute.name.as_str().cmp(&name.value)) else {
        if !resolver.problems.is_lost(&name.value) {
            let headline = format!("the kind `{kind}` has no attribute `{}`", name.value);
            let known = attributes.iter().filter(|attribute| attribute.is_one_text()).map(|attribute| attribute.name.as_str());
            let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "not declared");
            resolver.problems.push(unknown.nearest(&name.value, name.span, known));
        }
        return None;
    };
    let attribute = &attributes[index];
    if !attribute.is_one_text() {
        let headline = format!("`{}` cannot be the label of `{kind}`: it is not one text", name.value);
        let wrong = Diagnostic::new(Code::WrongType, headline, name.span, "a label is one text").and(attribute.span, "declared here");
        resolver.problems.push(wrong.help("name an attribute with `type = \"text\"`"));
        return None;
    }
    Some(index)
}

/// The indexes in `attributes` of those of `exactly-one`; empty if fewer than two are known.
fn exactly_one(resolver: &mut Resolver<'_>, decl: &KindDecl, attributes: &[Attribute]) -> Vec<usize> {
    let mut indexes = Vec::new();
    for name in &decl.exactly_one {
        // An attribute that was left out for its own mistake, or misspelt in `within`, is not reported again here.
        let left_out =
            resolver.problems.is_lost(&name.value) || decl.within.iter().any(|within| resolver.kinds.find(&within.value).is_none());
        match attributes.binary_search_by(|attribute| attribute.name.as_str().cmp(&name.value)) {
            Ok(index) => indexes.push(index),
            Err(_) if left_out => {}
            Err(_) => {
                let headline = format!("the kind `{}` has no attribute `{}`", decl.meta.name.value, name.value);
                let known = attributes.iter().map(|attribute| attribute.name.as_str());
                let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "not declared");
                resolver.problems.push(unknown.nearest(&name.value, name.span, known));
            }
        }
    }
    indexes.sort_unstable();
    indexes.dedup();
    let named = &decl.exactly_one;
    if let ([first, ..], true) = (named.as_slice(), named.iter().all(|name| name.value == named[0].value)) {
        let alone = Diagnostic::new(Code::WrongType, "`exactly-one` names one attribute alone", first.span, "one alone");
        resolver.problems.push(alone.help("name two attributes or more, or leave `exactly-one` out"));
    }
    if indexes.len() < 2 { Vec::new() } else { indexes }
}

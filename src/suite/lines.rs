//! What of a product is expected to be allowed or unknown.

use super::product::{Product, expanded, named_resources, stands};
use super::setting::bad_request;
use crate::diag::{Code, Diagnostic};
use crate::eval::QueryContext;
use crate::policy::ActionId;
use crate::query::access::Subjects;
use crate::syntax::suite::ExpectedAnswer;
use crate::syntax::{NamedEntities, RequestPattern};
use crate::text::{Span, Spanned};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::FxHashMap;

/// The most requests that the lines of one entry name.
const MOST_NAMED: u64 = 1_000_000;

/// The lines of an entry.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// By subject: the lines that name it, in order.
    by_subject: FxHashMap<EntityId, Vec<usize>>,
}

/// A line: the requests of the product that it names. Each list is sorted by id.
#[derive(Debug)]
struct Line {
    span: Span,
    expected: ExpectedAnswer,
    subjects: Vec<EntityId>,
    actions: Vec<ActionId>,
    resources: Vec<EntityId>,
}

impl Line {
    fn has(&self, request: &ResolvedRequest) -> bool {
        let Line { subjects, actions, resources, .. } = self;
        subjects.binary_search(&request.subject).is_ok()
            && actions.binary_search(&request.action).is_ok()
            && resources.binary_search(&request.resource).is_ok()
    }

    /// The pairs of an action and a resource on which it stands.
    fn pairs<'l>(&'l self, query: &'l QueryContext<'_>) -> impl Iterator<Item = (ActionId, EntityId)> + 'l {
        let of = move |&action: &ActionId| self.resources.iter().map(move |&resource| (action, resource));
        self.actions.iter().flat_map(of).filter(|&(action, resource)| stands(query, action, resource))
    }

    /// Its requests.
    fn requests<'l>(&'l self, query: &'l QueryContext<'_>) -> impl Iterator<Item = ResolvedRequest> + 'l {
        let of = move |&subject: &EntityId| self.pairs(query).map(move |(action, resource)| ResolvedRequest { subject, action, resource });
        self.subjects.iter().flat_map(of)
    }

    /// A request that both lines name: the first by ids.
    fn shared(&self, other: &Line, query: &QueryContext<'_>) -> Option<ResolvedRequest> {
        let subject = *self.subjects.iter().find(|subject| other.subjects.binary_search(subject).is_ok())?;
        let is_shared = |&(action, resource): &(ActionId, EntityId)| {
            other.actions.binary_search(&action).is_ok() && other.resources.binary_search(&resource).is_ok()
        };
        let (action, resource) = self.pairs(query).find(is_shared)?;
        Some(ResolvedRequest { subject, action, resource })
    }
}

impl Lines {
    /// The lines of a case.
    ///
    /// # Errors
    ///
    /// If a line names what is not known, fits no request of the product, or clashes with another.
    pub(super) fn of_case(
        query: &QueryContext<'_>,
        product: &Product,
        lines: [(&[Spanned<RequestPattern>], ExpectedAnswer); 2],
    ) -> Result<Lines, Vec<Diagnostic>> {
        let read = |line: &Spanned<RequestPattern>, expected| {
            let spanned = |named: &NamedEntities| Spanned::new(named.clone(), line.span);
            let subjects = expanded(query, &spanned(&line.value.subject))?;
            let actions = query.actions(&line.value.action).map_err(|error| bad_request(error, line.span))?;
            let (_, resources) = named_resources(query, &spanned(&line.value.resource))?;
            Ok(Line { span: line.span, expected, ..fitting(query, product, &subjects, &actions, resources) })
        };
        let read_all = lines.map(|(lines, expected)| lines.iter().map(|line| read(line, expected)).collect::<Vec<_>>());
        Lines::checked(query, read_all.into_iter().flatten())
    }

    /// The lines of a who: who may, on whatever the product has.
    ///
    /// # Errors
    ///
    /// As [`Lines::of_case`].
    pub(super) fn of_who(
        query: &QueryContext<'_>,
        product: &Product,
        names: [(&[Spanned<NamedEntities>], ExpectedAnswer); 2],
    ) -> Result<Lines, Vec<Diagnostic>> {
        let resources = product.resources(query);
        let read = |name: &Spanned<NamedEntities>, expected| {
            let subjects = expanded(query, name)?;
            let line = fitting(query, product, &subjects, &product.selection.actions, resources.clone());
            Ok(Line { span: name.span, expected, ..line })
        };
        let read_all = names.map(|(names, expected)| names.iter().map(|name| read(name, expected)).collect::<Vec<_>>());
        Lines::checked(query, read_all.into_iter().flatten())
    }

    fn checked(query: &QueryContext<'_>, read: impl Iterator<Item = Result<Line, Diagnostic>>) -> Result<Lines, Vec<Diagnostic>> {
        let (mut lines, mut mistakes) = (Vec::new(), Vec::new());
        for line in read {
            match line {
                Ok(line) => lines.push(line),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let mut named = 0u64;
        for line in &lines {
            let pairs = line.pairs(query).count() as u64;
            let count = pairs * line.subjects.len() as u64;
            named = named.saturating_add(count);
            if count == 0 {
                let headline = "the line fits no request of the entry";
                let idle = Diagnostic::new(Code::IdleLine, headline, line.span, "tests nothing");
                mistakes.push(idle.help("name subjects, actions and resources of the entry, or remove the line"));
            }
        }
        if let Some(line) = lines.first().filter(|_| named > MOST_NAMED) {
            let headline = format!("the lines of the entry name {named} requests, and at most {MOST_NAMED} are tested at once");
            mistakes.push(Diagnostic::new(Code::TooLong, headline, line.span, "the first line").help("split the entry"));
        }
        if mistakes.is_empty() {
            mistakes.extend(clashes(query, &lines));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut by_subject: FxHashMap<EntityId, Vec<usize>> = FxHashMap::default();
        for (index, line) in lines.iter().enumerate() {
            line.subjects.iter().for_each(|&subject| by_subject.entry(subject).or_default().push(index));
        }
        Ok(Lines { lines, by_subject })
    }

    /// The first line that names a request.
    fn first(&self, request: &ResolvedRequest) -> Option<usize> {
        self.by_subject.get(&request.subject)?.iter().copied().find(|&index| self.lines[index].has(request))
    }

    /// Whether a line names the request.
    pub(super) fn name(&self, request: &ResolvedRequest) -> bool {
        self.first(request).is_some()
    }

    /// Every request that a line names, once, with the answer that it expects.
    pub(super) fn requests<'l>(&'l self, query: &'l QueryContext<'_>) -> impl Iterator<Item = (ResolvedRequest, ExpectedAnswer)> + 'l {
        self.lines.iter().enumerate().flat_map(move |(index, line)| {
            let own = move |request: &ResolvedRequest| self.first(request) == Some(index);
            line.requests(query).filter(own).map(|request| (request, line.expected))
        })
    }
}

/// A line that names what of the product these are.
fn fitting(query: &QueryContext<'_>, product: &Product, subjects: &Subjects, actions: &[ActionId], mut resources: Vec<EntityId>) -> Line {
    let mut subjects: Vec<EntityId> = match subjects {
        Subjects::Kinds(kinds) => query.world.living_of(kinds, query.context.at).collect(),
        Subjects::These(these) => these.iter().map(|&(subject, _)| subject).collect(),
    };
    subjects.retain(|&subject| product.has_subject(query, subject));
    resources.retain(|&resource| product.has_resource(query, resource));
    let mut actions: Vec<ActionId> = product.selection.actions.iter().copied().filter(|action| actions.contains(action)).collect();
    subjects.sort_unstable();
    actions.sort_unstable();
    resources.sort_unstable();
    let at = Span::new(crate::text::FileId(0), 0, 0);
    Line { span: at, expected: ExpectedAnswer::Allowed, subjects, actions, resources }
}

/// The requests of which two lines expect different answers.
fn clashes(query: &QueryContext<'_>, lines: &[Line]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for other in lines[..index].iter().filter(|other| other.expected != line.expected) {
            let Some(request) = line.shared(other, query) else { continue };
            let policy = &query.compiled.policy;
            let name = |entity| query.world.name(policy, entity);
            let action = &policy.actions[request.action].meta.name;
            let headline =
                format!("`{} {action} {}` is expected to be both allowed and unknown", name(request.subject), name(request.resource));
            let clash = Diagnostic::new(Code::ClashingLines, headline, line.span, format!("{} here", line.expected.name()));
            found.push(clash.and(other.span, format!("{} here", other.expected.name())).help("remove one of the two"));
        }
    }
    found
}

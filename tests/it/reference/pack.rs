//! The pack as parsed. Every element is looked up by name in a list.

use super::world::Entity;
use delegraph::syntax::ast::expr::{Expr, Term};
use delegraph::syntax::{
    ActionDecl, AttributeDecl, ImplicationDecl, KindDecl, Mark, MetadataDecl, PackDocument, RelationDecl, RoleDecl, TableDecl, Text,
    ValueDecl, mark, plain,
};
use delegraph::time::Instant;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

/// Names of kinds.
pub type Kinds = BTreeSet<String>;

/// Dates and toggles of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The date of the world.
    pub at: Instant,
    /// The date of the policy.
    pub policy_at: Instant,
    /// The toggles that are on.
    pub on: BTreeSet<String>,
}

/// All files of a pack as one document.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    pub all: PackDocument,
    /// The tables, by their names.
    tables: FxHashMap<String, Table>,
    /// What [`Pack::all_groups_of`], [`Pack::may_lie_within`], [`Pack::with_below`],
    /// [`Pack::members_of`] and [`Pack::holders`] found before.
    groups: RefCell<FxHashMap<String, Kinds>>,
    outer: RefCell<FxHashMap<String, Kinds>>,
    below: RefCell<FxHashMap<Kinds, Kinds>>,
    members: RefCell<FxHashMap<Kinds, Kinds>>,
    holders: OnceCell<Kinds>,
}

/// What a table says.
#[derive(Clone, Debug)]
struct Table {
    /// The actions of its rows.
    actions: Vec<String>,
    /// Its marked cells, as action and role.
    cells: BTreeSet<(String, String)>,
}

impl Pack {
    /// Joins the files; their order does not matter.
    pub fn of(documents: Vec<PackDocument>) -> Pack {
        let mut all = PackDocument::default();
        for document in documents {
            all.actions.extend(document.kinds.iter().flat_map(actions_of));
            all.kinds.extend(document.kinds);
            all.relations.extend(document.relations);
            all.roles.extend(document.roles);
            all.tables.extend(document.tables);
            all.actions.extend(document.actions);
            all.rules.extend(document.rules);
            all.implications.extend(document.implications);
            all.toggles.extend(document.toggles);
            all.obligations.extend(document.obligations);
            all.advice.extend(document.advice);
            all.invariants.extend(document.invariants);
            all.events.extend(document.events);
        }
        // Obligations and advice are issued in the order of their names.
        all.obligations.sort_by(|a, b| a.meta.name.value.cmp(&b.meta.name.value));
        all.advice.sort_by(|a, b| a.meta.name.value.cmp(&b.meta.name.value));
        let read = |table: &TableDecl| Table { actions: rows(table).into_iter().map(|(action, _)| action).collect(), cells: cells(table) };
        let tables = all.tables.iter().map(|table| (table.meta.name.value.clone(), read(table))).collect();
        let as_written = Pack { all, tables, ..Pack::default() };
        let mut pack = as_written.clone();
        super::keys::role_names(&as_written, pack.conditions());
        pack
    }

    /// All conditions, conclusions and facts of effects.
    fn conditions(&mut self) -> Vec<&mut Expr> {
        let all = &mut self.all;
        let mut found: Vec<&mut Expr> = Vec::new();
        all.rules.iter_mut().for_each(|rule| found.extend(rule.condition.iter_mut().chain(&mut rule.unless)));
        for implication in &mut all.implications {
            found.extend(implication.condition.iter_mut().chain(&mut implication.unless).chain([&mut implication.then]));
        }
        for notice in all.obligations.iter_mut().chain(&mut all.advice) {
            found.extend(notice.condition.iter_mut().chain(&mut notice.unless));
        }
        found.extend(all.invariants.iter_mut().map(|invariant| &mut invariant.never));
        for event in &mut all.events {
            found.extend(&mut event.condition);
            for effect in event.adds.iter_mut().chain(&mut event.removes).chain(&mut event.sets) {
                found.extend([&mut effect.fact].into_iter().chain(&mut effect.condition));
            }
        }
        found
    }

    /// The context of a date: world and policy have that date, and toggles their defaults.
    pub fn context(&self, at: Instant) -> Context {
        let on = self.all.toggles.iter().filter(|toggle| toggle.default).map(|toggle| toggle.meta.name.value.clone());
        Context { at, policy_at: at, on: on.collect() }
    }

    pub fn kind(&self, name: &str) -> Option<&KindDecl> {
        self.all.kinds.iter().find(|kind| kind.meta.name.value == name)
    }

    pub fn relation(&self, name: &str) -> &RelationDecl {
        self.all.relations.iter().find(|relation| relation.meta.name.value == name).expect("the pack was checked")
    }

    pub fn role(&self, name: &str) -> Option<&RoleDecl> {
        self.all.roles.iter().find(|role| role.meta.name.value == name)
    }

    /// The role after `holds`, if it is named.
    pub fn named_role(&self, role: &Term) -> Option<&RoleDecl> {
        self.role(role.name()?)
    }

    /// The system of a role: its own, or that of a table in whose columns it stands.
    pub fn system(&self, role: &str) -> Option<String> {
        let own = self.role(role)?.system.as_ref().map(|system| system.value.clone());
        own.or_else(|| {
            let mut tables = self.all.tables.iter().filter(|table| table.columns.iter().any(|(_, named)| named.value == role));
            tables.next().map(|table| table.system.value.clone())
        })
    }

    /// All kinds, including `role`.
    pub fn every_kind(&self) -> Kinds {
        self.all.kinds.iter().map(|kind| kind.meta.name.value.clone()).chain(["role".to_owned()]).collect()
    }

    /// The declared attribute. The attributes of `within`, which name containers, do not count.
    pub fn attribute(&self, kind: &str, name: &str) -> Option<&AttributeDecl> {
        self.kind(kind)?.attributes.iter().find(|attribute| attribute.name.value == name)
    }

    /// The kinds of direct containers of an entity of `kind`.
    pub fn containers(&self, kind: &str) -> Kinds {
        self.kind(kind).map(|kind| names(&kind.within)).unwrap_or_default()
    }

    /// Whether an entity of `inner` may lie within one of `outer`, at any distance.
    pub fn may_lie_within(&self, inner: &str, outer: &str) -> bool {
        if let Some(known) = self.outer.borrow().get(inner) {
            return known.contains(outer);
        }
        let found = closure(self.containers(inner), |kind| self.containers(kind));
        let within = found.contains(outer);
        self.outer.borrow_mut().insert(inner.to_owned(), found);
        within
    }

    /// Whether `x.name`, of an entity of this kind, is the nearest entity of the kind `name` at or above it, and not an attribute.
    pub fn is_container_hop(&self, kind: &str, name: &str) -> bool {
        kind == name || self.may_lie_within(kind, name)
    }

    /// The kinds, and all kinds that may lie within them.
    pub fn with_below(&self, kinds: &Kinds) -> Kinds {
        if let Some(known) = self.below.borrow().get(kinds) {
            return known.clone();
        }
        let below = |kind: &String| kinds.contains(kind) || kinds.iter().any(|outer| self.may_lie_within(kind, outer));
        let found: Kinds = self.every_kind().into_iter().filter(below).collect();
        self.below.borrow_mut().insert(kinds.clone(), found.clone());
        found
    }

    /// The kinds of groups in which entities of `kind` may be directly.
    pub fn groups_of(&self, kind: &str) -> Kinds {
        let attributes = self.kind(kind).map_or(&[][..], |kind| &kind.attributes);
        attributes.iter().filter_map(groups).flatten().collect()
    }

    /// The kinds of groups in which entities of `kind` may be at any depth.
    pub fn all_groups_of(&self, kind: &str) -> Kinds {
        if let Some(known) = self.groups.borrow().get(kind) {
            return known.clone();
        }
        let found = closure(self.groups_of(kind), |kind| self.groups_of(kind));
        self.groups.borrow_mut().insert(kind.to_owned(), found.clone());
        found
    }

    /// All kinds that have members.
    pub fn every_group(&self) -> Kinds {
        self.every_kind().iter().flat_map(|kind| self.groups_of(kind)).collect()
    }

    /// The kinds whose entities may be, at any depth, in a group of one of these kinds.
    pub fn members_of(&self, groups: &Kinds) -> Kinds {
        if let Some(known) = self.members.borrow().get(groups) {
            return known.clone();
        }
        let is_in = |kind: &String| self.all_groups_of(kind).iter().any(|group| groups.contains(group));
        let found: Kinds = self.every_kind().into_iter().filter(is_in).collect();
        self.members.borrow_mut().insert(groups.clone(), found.clone());
        found
    }

    /// The kinds of subjects.
    pub fn subjects(&self) -> Kinds {
        self.all.kinds.iter().filter(|kind| kind.subject).map(|kind| kind.meta.name.value.clone()).collect()
    }

    /// The kinds whose entities may hold a role: subjects, and the groups that they may be in.
    pub fn holders(&self) -> &Kinds {
        self.holders.get_or_init(|| {
            let subjects = self.subjects();
            let groups: Kinds = subjects.iter().flat_map(|kind| self.all_groups_of(kind)).collect();
            subjects.into_iter().chain(groups).collect()
        })
    }

    /// Whether an element is in force. An element that is not has no effect.
    pub fn in_force(meta: &MetadataDecl, context: &Context) -> bool {
        meta.since.as_ref().is_none_or(|since| since.value <= context.policy_at)
            && meta.until.as_ref().is_none_or(|until| context.policy_at < until.value)
            && meta.toggle.as_ref().is_none_or(|toggle| context.on.contains(&toggle.value))
    }

    /// The roles in force.
    pub fn roles(&self, context: &Context) -> Vec<&RoleDecl> {
        self.all.roles.iter().filter(|role| Pack::in_force(&role.meta, context)).collect()
    }

    /// The implications in force.
    pub fn implications(&self, context: &Context) -> Vec<&ImplicationDecl> {
        self.all.implications.iter().filter(|implication| Pack::in_force(&implication.meta, context)).collect()
    }

    /// The paths of inclusion from a role in force to roles in force. Each path begins with the role itself.
    pub fn inclusions(&self, role: &str, context: &Context) -> Vec<Vec<&RoleDecl>> {
        let Some(role) = self.roles(context).into_iter().find(|known| known.meta.name.value == role) else { return Vec::new() };
        let mut paths = vec![vec![role]];
        for included in &role.includes {
            for path in self.inclusions(&included.value, context) {
                paths.push([role].into_iter().chain(path).collect());
            }
        }
        paths
    }

    /// The roles in force whose holders also hold this role, including the role itself.
    pub fn includers(&self, role: &str, context: &Context) -> Vec<String> {
        let leads = |from: &&RoleDecl| {
            let paths = self.inclusions(&from.meta.name.value, context);
            paths.iter().any(|path| path.last().is_some_and(|last| last.meta.name.value == role))
        };
        self.roles(context).into_iter().filter(leads).map(|role| role.meta.name.value.clone()).collect()
    }

    /// The grants of an action by a role itself: for each the table, or `None` for a pattern of the role.
    pub fn grants(&self, role: &RoleDecl, action: &str, context: &Context) -> Vec<Option<&TableDecl>> {
        let is_excepted = role.except.iter().any(|pattern| matches(&pattern.value, action));
        let own = role.grants.iter().filter(|pattern| !is_excepted && matches(&pattern.value, action)).map(|_| None);
        let tables = self.all.tables.iter().filter(|table| Pack::in_force(&table.meta, context));
        let marked = tables.filter(|table| self.table(table).cells.contains(&(action.to_owned(), role.meta.name.value.clone())));
        own.chain(marked.map(Some)).collect()
    }

    fn table(&self, table: &TableDecl) -> &Table {
        &self.tables[&table.meta.name.value]
    }

    /// The kinds of resources of the actions that match one of the patterns.
    pub fn resource_kinds(&self, patterns: &[Text]) -> Kinds {
        let matched = |action: &str| patterns.iter().any(|pattern| matches(&pattern.value, action));
        let declared = self.all.actions.iter().filter(|action| matched(&action.meta.name.value)).flat_map(|action| names(&action.on));
        let tables = self.all.tables.iter().filter(|table| self.table(table).actions.iter().any(|action| matched(action)));
        declared.chain(tables.flat_map(|table| names(&table.on))).collect()
    }

    /// Whether an entity is of one of these kinds.
    pub fn is_one_of(entity: &Entity, kinds: &[Text]) -> bool {
        kinds.iter().any(|kind| kind.value == entity.kind)
    }
}

/// The actions that a kind declares, as elements of their own.
fn actions_of(kind: &KindDecl) -> Vec<ActionDecl> {
    let declared = kind.actions.iter().map(|action| {
        let name = Text::new(format!("{}.{}", kind.meta.name.value, action.value), action.span);
        let meta = MetadataDecl { name, source: Vec::new(), ..kind.meta.clone() };
        ActionDecl { meta, aka: Vec::new(), on: vec![kind.meta.name.clone()] }
    });
    declared.collect()
}

/// Whether a pattern matches an action: `a.b` matches that action, `a.*` every action that begins with `a.`, and `*` every action.
pub fn matches(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => action.starts_with(beginning),
        None => action == pattern,
    }
}

pub fn names(texts: &[Text]) -> Kinds {
    texts.iter().map(|text| text.value.clone()).collect()
}

/// The kinds of entities that an attribute or parameter may name.
pub fn targets(value: &ValueDecl) -> Kinds {
    match value {
        ValueDecl::To(kinds) | ValueDecl::MemberOf(kinds) => names(kinds),
        ValueDecl::OneOf(_) | ValueDecl::Text | ValueDecl::Number | ValueDecl::Date => Kinds::new(),
    }
}

/// The kinds of groups of an attribute of membership; `None` for another attribute.
fn groups(attribute: &AttributeDecl) -> Option<Kinds> {
    matches!(attribute.value, ValueDecl::MemberOf(_)).then(|| targets(&attribute.value))
}

/// Whether an attribute or parameter may have any number of values.
pub fn is_many(attribute: &AttributeDecl) -> bool {
    attribute.many || matches!(attribute.value, ValueDecl::MemberOf(_))
}

fn closure(start: Kinds, next: impl Fn(&str) -> Kinds) -> Kinds {
    let mut found = start;
    loop {
        let more: Kinds = found.iter().flat_map(|kind| next(kind)).collect();
        if more.is_subset(&found) {
            return found;
        }
        found.extend(more);
    }
}

/// The marked cells of a table, as action and role.
fn cells(table: &TableDecl) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (action, cells) in rows(table) {
        for (header, cell) in table.grid.headers.iter().zip(cells) {
            let role = table.columns.iter().find(|(name, _)| plain(&name.value) == header.value);
            if let (Some((_, role)), Some(Mark::Yes)) = (role, mark(&cell.value)) {
                found.insert((action.clone(), role.value.clone()));
            }
        }
    }
    found
}

/// The rows of a table, each with its action.
fn rows(table: &TableDecl) -> Vec<(String, &[Text])> {
    let is_label = |header: &Text| table.columns.iter().all(|(name, _)| plain(&name.value) != header.value);
    let labels = table.grid.headers.iter().filter(|header| is_label(header)).count();
    let mut above: Vec<String> = vec![String::new(); labels];
    let mut found = Vec::new();
    for row in &table.grid.rows {
        for (label, cell) in above.iter_mut().zip(&row.cells) {
            if !cell.value.is_empty() && cell.value != "&nbsp;" {
                label.clone_from(&cell.value);
            }
        }
        let parts = above.iter().map(|label| {
            let named = table.rows.iter().find(|(name, _)| plain(&name.value) == *label);
            named.map_or_else(|| kebab_case(label), |(_, part)| part.value.clone())
        });
        let parts: Vec<String> = [table.system.value.clone()].into_iter().chain(parts).collect();
        found.push((parts.join("."), &row.cells[..]));
    }
    found
}

fn kebab_case(label: &str) -> String {
    let spaced: String = label.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join("-")
}

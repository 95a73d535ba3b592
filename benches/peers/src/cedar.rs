//! cedar-policy: entities with hierarchies and sets of holders, and the policies of `policies/peers.cedar`.

use crate::actions::ACTIONS;
use crate::facts::{Name, Thing, Things};
use crate::requests;
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicySet, Request,
    RestrictedExpression,
};
use std::collections::{BTreeMap, HashMap, HashSet};

const POLICIES: &str = include_str!("../policies/peers.cedar");

/// The engine with a world, kept from one decision to the next.
pub struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    policies: PolicySet,
    /// For each action only the policies that can bear on it.
    by_action: Vec<PolicySet>,
}

/// A request made ready.
pub struct Asked {
    request: Request,
    action: usize,
}

/// Types, parsed once.
pub struct Types(BTreeMap<&'static str, EntityTypeName>);

impl Default for Types {
    fn default() -> Types {
        const TYPES: [(&str, &str); 11] = [
            ("partner", "Partner"),
            ("group", "Group"),
            ("user", "User"),
            ("customer", "Customer"),
            ("subscription", "Subscription"),
            ("profile", "Profile"),
            ("device", "Device"),
            ("site", "Site"),
            ("room", "Room"),
            ("rooms", "DelegatedRooms"),
            ("action", "Action"),
        ];
        Types(TYPES.into_iter().map(|(kind, name)| (kind, name.parse().expect("a type's name"))).collect())
    }
}

impl Types {
    fn uid(&self, kind: &str, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.0[kind].clone(), EntityId::new(id))
    }

    fn named(&self, name: &Name) -> EntityUid {
        self.uid(name.kind, &name.id)
    }

    fn refer(&self, name: &Name) -> RestrictedExpression {
        RestrictedExpression::new_entity_uid(self.named(name))
    }

    fn set(&self, names: &[Name]) -> RestrictedExpression {
        RestrictedExpression::new_set(names.iter().map(|name| self.refer(name)))
    }

    /// The request, made of names.
    pub fn request(&self, request: &requests::Request) -> Request {
        let action = self.uid("action", &request.action);
        Request::new(self.named(&request.subject), action, self.named(&request.resource), Context::empty(), None)
            .expect("without a schema nothing is checked")
    }

    fn entity(&self, name: &Name, thing: &Thing) -> Entity {
        let mut attributes = HashMap::new();
        let mut refer = |attribute: &str, key: &str| {
            if let Some(to) = thing.refers.get(key) {
                attributes.insert(attribute.to_owned(), self.refer(to));
            }
        };
        let mut parents: HashSet<EntityUid> = thing.groups.iter().map(|group| self.named(group)).collect();
        let mut sets: &[&str] = &[];
        match name.kind {
            "partner" => {
                refer("adminAgents", "admin-agents");
                refer("salesAgents", "sales-agents");
                attributes.insert("rooms".to_owned(), RestrictedExpression::new_entity_uid(self.uid("rooms", &name.id)));
            }
            "user" => {
                refer("partner", "partner");
                refer("customer", "customer");
            }
            "customer" => {
                parents.extend(thing.resellers.iter().map(|partner| self.named(partner)));
                sets = &["globalAdmins", "dapAdmins", "helpdeskAdmins", "dapHelpdesk"];
            }
            "subscription" => sets = &["owners", "contributors", "readers"],
            "device" => {
                refer("addedBy", "added-by");
                let via = thing.added_via.iter().map(|via| ("addedVia".to_owned(), RestrictedExpression::new_string(via.clone())));
                attributes.extend(via);
            }
            _ => {}
        }
        if !matches!(name.kind, "partner" | "user" | "group" | "customer") {
            parents.extend(thing.refers.get("site").or_else(|| thing.refers.get("customer")).map(|container| self.named(container)));
        }
        parents.extend(thing.delegated.iter().map(|partner| self.uid("rooms", &partner.id)));
        // Sets that most things of a kind have stand on all of them; others only where there is somebody in them.
        for &set in sets {
            attributes.insert(set.to_owned(), self.set(thing.holders.get(set).map_or(&[], Vec::as_slice)));
        }
        let others = thing.holders.iter().filter(|(set, _)| !sets.contains(set));
        attributes.extend(others.map(|(&set, holders)| (set.to_owned(), self.set(holders))));
        Entity::new(self.named(name), attributes, parents).expect("no attribute calls a function that can fail")
    }
}

/// Makes entities of what was read, and their hierarchy.
pub fn entities(things: &Things) -> Entities {
    let types = Types::default();
    // No policy reads invitations.
    let declared = things.iter().filter(|(name, _)| name.kind != "invitation").map(|(name, thing)| types.entity(name, thing));
    let partners = things.keys().filter(|name| name.kind == "partner");
    let rooms = partners.map(|name| Entity::with_uid(types.uid("rooms", &name.id)));
    let group = |group: &str| types.uid("action", group);
    let actions = ACTIONS.iter().map(|action| {
        let groups = action.groups().into_iter().map(group).collect();
        Entity::new_no_attrs(types.uid("action", action.name), groups)
    });
    let groups: HashSet<&str> = ACTIONS.iter().flat_map(|action| action.groups()).collect();
    let groups = groups.into_iter().map(|name| Entity::with_uid(group(name)));
    Entities::from_entities(declared.chain(rooms).chain(actions).chain(groups), None).expect("no entity is declared twice")
}

impl Cedar {
    /// The engine with these entities.
    pub fn new(entities: Entities) -> Cedar {
        let policies: PolicySet = POLICIES.parse().expect("the policies can be read");
        let types = Types::default();
        let by_action = ACTIONS.iter().map(|action| {
            let own = types.uid("action", action.name);
            let groups: Vec<EntityUid> = action.groups().into_iter().map(|group| types.uid("action", group)).collect();
            let bears = |policy: &&Policy| match policy.action_constraint() {
                ActionConstraint::Any => true,
                ActionConstraint::Eq(uid) => uid == own,
                ActionConstraint::In(uids) => uids.iter().any(|uid| *uid == own || groups.contains(uid)),
            };
            PolicySet::from_policies(policies.policies().filter(bears).cloned()).expect("no two policies have one id")
        });
        Cedar { authorizer: Authorizer::new(), by_action: by_action.collect(), entities, policies }
    }

    /// A request made ready.
    pub fn ask(&self, types: &Types, request: &requests::Request) -> Asked {
        let action = ACTIONS.iter().position(|action| action.name == request.action).expect("an action of the pack");
        Asked { request: types.request(request), action }
    }

    /// Decides by all policies.
    pub fn decide(&self, asked: &Asked) -> bool {
        self.by(&self.policies, &asked.request)
    }

    /// Decides by the policies of the action.
    pub fn decide_by_action(&self, asked: &Asked) -> bool {
        self.by(&self.by_action[asked.action], &asked.request)
    }

    fn by(&self, policies: &PolicySet, request: &Request) -> bool {
        self.authorizer.is_authorized(request, policies, &self.entities).decision() == Decision::Allow
    }
}

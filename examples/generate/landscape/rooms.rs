//! A customer's meeting rooms: site trees four deep, who holds which role over which part, and what is delegated to whom.

use super::chance::Chance;
use super::customer::{Customer, OwnedBytes};
use super::days::{During, TODAY, beginning, ending};
use super::names::{Circle, Name};
use super::plan::Plan;
use super::sheet::{GivenValue, Sheet};
use std::io;

/// Sites, rooms and delegations of a customer.
#[derive(Debug)]
pub struct Rooms {
    /// What each site lies within: the customer or a site before it.
    pub site_parents: Vec<Name>,
    /// What each room lies within.
    pub room_parents: Vec<Name>,
    /// What is delegated, to which partner, when.
    pub delegations: Vec<(u32, Name, During)>,
    /// The partner that is invited, for how many days, to what.
    pub invitation: Option<(u32, u32, Name)>,
    /// Whether there is a user of whom nobody knows the home.
    pub visited: bool,
}

/// Country, city, building, floor.
const DEPTH: usize = 4;

impl Rooms {
    /// The customer's rooms, and the roles held over them.
    pub fn draw(plan: &Plan, customer: &Customer, chance: &mut Chance) -> (Rooms, Vec<OwnedBytes>) {
        let number = customer.number;
        let mut rooms =
            Rooms { site_parents: Vec::new(), room_parents: Vec::new(), delegations: Vec::new(), invitation: None, visited: false };
        rooms.build(number, chance);
        let mut roles = Vec::new();
        roles.push(OwnedBytes {
            holder: Name::Employee(number, 1),
            role: "managed-service-administrator",
            scope: Name::Customer(number),
            during: During::ALWAYS,
        });
        for (circle, role) in [(Circle::Facilities, "site-lead"), (Circle::Reception, "site-tech")] {
            for _ in 0..chance.between(1, 2) {
                let since = beginning(chance);
                let during = if chance.percent(20) { During::between(since, ending(chance)) } else { During::since(since) };
                let holder = if chance.percent(50) { Name::Circle(number, circle) } else { Name::Employee(number, 2) };
                let scope = rooms.somewhere(number, chance);
                // What is held by two ways over one scope is written once.
                if !roles.iter().any(|held: &OwnedBytes| (held.holder, held.role, held.scope) == (holder, role, scope)) {
                    roles.push(OwnedBytes { holder, role, scope, during });
                }
            }
        }
        for _ in 0..chance.below(3) {
            rooms.delegate(plan, customer, chance, &mut roles);
        }
        if chance.percent(25) {
            let scope = rooms.somewhere(number, chance);
            rooms.invitation = Some((plan.a_partner(chance), chance.between(1, 27), scope));
        }
        rooms.visited = chance.percent(10);
        if rooms.visited {
            roles.push(OwnedBytes {
                holder: Name::Visitor(number),
                role: "site-tech",
                scope: Name::Customer(number),
                during: During::ALWAYS,
            });
        }
        (rooms, roles)
    }

    fn build(&mut self, customer: u32, chance: &mut Chance) {
        let mut level = vec![Name::Customer(customer)];
        for depth in 0..DEPTH {
            let mut next = Vec::new();
            for &parent in &level {
                // Few are wide: a third country, a second building.
                for _ in 0..=chance.below(if depth == 0 { 3 } else { 2 }) {
                    next.push(Name::Site(customer, number(self.site_parents.len())));
                    self.site_parents.push(parent);
                }
                if chance.percent(20) {
                    self.room_parents.push(parent);
                }
            }
            level = next;
        }
        for floor in level {
            for _ in 0..chance.between(1, 3) {
                self.room_parents.push(floor);
            }
        }
    }

    /// A partner comes by a delegation, and someone there by the role; now and then the role is wider than the delegation, or has ended.
    fn delegate(&mut self, plan: &Plan, customer: &Customer, chance: &mut Chance, roles: &mut Vec<OwnedBytes>) {
        let number = customer.number;
        let partner = if chance.percent(60) { customer.ties[0].partner } else { plan.a_partner(chance) };
        if self.delegations.iter().any(|&(other, ..)| other == partner) {
            return;
        }
        let scope = self.somewhere(number, chance);
        let since = beginning(chance);
        let during = if chance.percent(15) { During::between(since, ending(chance)) } else { During::since(since) };
        self.delegations.push((partner, scope, during));
        let first = chance.below(plan.people(partner));
        let wide = if chance.percent(30) { Name::Customer(number) } else { scope };
        roles.push(OwnedBytes { holder: Name::Staff(partner, first), role: "primary-admin", scope: wide, during });
        let second = chance.below(plan.people(partner));
        if second != first {
            roles.push(OwnedBytes { holder: Name::Staff(partner, second), role: "primary-admin", scope, during });
        }
    }

    /// The customer, a site or a room.
    pub fn somewhere(&self, customer: u32, chance: &mut Chance) -> Name {
        match chance.below(10) {
            0..2 => Name::Customer(customer),
            2..7 => Name::Site(customer, chance.below(number(self.site_parents.len()))),
            _ => Name::Room(customer, chance.below(number(self.room_parents.len()))),
        }
    }

    /// Whether a thing of the customer's lies within another, or is it.
    pub fn lies_within(&self, thing: Name, scope: Name) -> bool {
        let mut at = thing;
        while at != scope {
            at = match at {
                Name::Site(_, site) => self.site_parents[site as usize],
                Name::Room(_, room) => self.room_parents[room as usize],
                _ => return false,
            };
        }
        true
    }

    /// Whether a thing is delegated to the partner when questions are asked.
    pub fn delegated(&self, partner: u32, thing: Name) -> bool {
        self.delegations.iter().any(|&(to, scope, during)| to == partner && during.is_now() && self.lies_within(thing, scope))
    }

    /// Writes them.
    pub fn write<W: io::Write>(&self, customer: u32, sheet: &mut Sheet<W>) -> io::Result<()> {
        let within = |parent: Name| [(parent.kind(), GivenValue::One(parent))];
        for (site, &parent) in (0..).zip(&self.site_parents) {
            sheet.entity(Name::Site(customer, site), &within(parent))?;
        }
        for (room, &parent) in (0..).zip(&self.room_parents) {
            sheet.entity(Name::Room(customer, room), &within(parent))?;
        }
        for &(partner, scope, during) in &self.delegations {
            sheet.relation("rooms-delegated", &[Name::Partner(partner), scope], during)?;
        }
        if let Some((partner, days, scope)) = self.invitation {
            let invitation = Name::Invitation(customer, 0);
            let attributes = [
                ("customer", GivenValue::One(Name::Customer(customer))),
                ("partner", GivenValue::One(Name::Partner(partner))),
                ("expires-in-days", GivenValue::Number(days)),
            ];
            sheet.entity(invitation, &attributes)?;
            sheet.relation("open", &[invitation], During::between(TODAY, TODAY.plus(days)))?;
            sheet.relation("names", &[invitation, scope], During::since(TODAY))?;
        }
        if self.visited {
            sheet.entity(Name::Visitor(customer), &[])?;
        }
        Ok(())
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a customer has few of everything")
}

//! A customer: its partners, people, subscriptions, devices and rooms.

use super::chance::{Chance, Of};
use super::days::{During, beginning, ending, future};
use super::names::{Circle, Name, Team};
use super::partner::lies_in;
use super::plan::Plan;
use super::rooms::Rooms;
use super::sheet::{GivenValue, Sheet};
use smallvec::{SmallVec, smallvec};
use std::io;

/// The ways by which a customer adds devices itself.
const OWN_WAYS: [&str; 3] = ["intune", "store-for-business", "store-for-education"];

/// A customer and all that it has.
#[derive(Debug)]
pub struct Customer {
    /// Its number.
    pub number: u32,
    /// Its partners, each once.
    pub ties: Vec<Tie>,
    /// The groups of its people, by their numbers.
    pub people: Vec<Option<Circle>>,
    /// How many subscriptions it has.
    pub subscriptions: u32,
    /// How many profiles it has.
    pub profiles: u32,
    /// How its devices came.
    pub devices: Vec<Origin>,
    /// Its meeting rooms.
    pub rooms: Option<Rooms>,
    /// All roles held at it.
    pub roles: Vec<OwnedBytes>,
}

/// A partner of a customer.
#[derive(Debug)]
pub struct Tie {
    /// Which.
    pub partner: u32,
    /// When there is a reseller relationship.
    reseller: SmallVec<[During; 2]>,
    /// When there are delegated admin privileges.
    dap: SmallVec<[During; 2]>,
}

/// How a device came, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The partner or customer that added it.
    pub by: Option<Name>,
    /// By what way.
    pub via: Option<&'static str>,
}

/// A role held.
#[derive(Clone, Copy, Debug)]
pub struct OwnedBytes {
    /// By whom.
    pub holder: Name,
    /// Which.
    pub role: &'static str,
    /// Over what.
    pub scope: Name,
    /// When.
    pub during: During,
}

impl Tie {
    /// Whether there is a reseller relationship when questions are asked.
    pub fn resells(&self) -> bool {
        self.reseller.iter().any(|during| during.is_now())
    }

    /// Whether there are delegated admin privileges when questions are asked.
    pub fn has_dap(&self) -> bool {
        self.dap.iter().any(|during| during.is_now())
    }

    /// The partner that a customer has now, most often.
    fn present(partner: u32, chance: &mut Chance) -> Tie {
        let (since, ended) = (beginning(chance), ending(chance));
        let reseller = match chance.below(100) {
            0..80 => smallvec![During::since(since)],
            80..88 => smallvec![During::between(since, ended), During::since(ended.plus(1 + chance.below(28)))],
            88..95 => smallvec![During::between(since, ended)],
            _ => smallvec![During::since(future(chance))],
        };
        let dap = match chance.below(100) {
            0..58 => smallvec![During::since(since)],
            58..64 => smallvec![During::between(since, since.plus(90)), During::since(since.plus(200))],
            64..80 => smallvec![During::between(since, ended)],
            80..85 => smallvec![During::since(future(chance))],
            _ => SmallVec::new(),
        };
        Tie { partner, reseller, dap }
    }

    /// A partner that it had, whose privileges were forgotten now and then.
    fn past(partner: u32, chance: &mut Chance) -> Tie {
        let (since, ended) = (beginning(chance), ending(chance));
        let dap = match chance.below(100) {
            0..20 => smallvec![During::since(since)],
            20..70 => smallvec![During::between(since, ended)],
            _ => SmallVec::new(),
        };
        Tie { partner, reseller: smallvec![During::between(since, ended)], dap }
    }
}

impl Customer {
    /// The customer with that number.
    pub fn draw(plan: &Plan, number: u32) -> Customer {
        let chance = &mut Chance::new(plan.seed, Of::Customer, u64::from(number));
        let mut ties = vec![Tie::present(plan.a_partner(chance), chance)];
        for past in [true, false] {
            let partner = plan.a_partner(chance);
            if chance.percent(if past { 40 } else { 15 }) && ties.iter().all(|tie| tie.partner != partner) {
                ties.push(if past { Tie::past(partner, chance) } else { Tie::present(partner, chance) });
            }
        }
        let mut customer = Customer {
            number,
            ties,
            people: vec![None; chance.between(3, 8) as usize],
            subscriptions: chance.below(5),
            profiles: chance.between(1, 3),
            devices: Vec::new(),
            rooms: None,
            roles: Vec::new(),
        };
        customer.hire(chance);
        for subscription in 0..customer.subscriptions {
            customer.assign(plan, Name::Subscription(number, subscription), chance);
        }
        // Most have a few devices, some have dozens.
        for _ in 0..=chance.below(50).min(chance.below(50)) {
            let origin = customer.origin(chance);
            customer.devices.push(origin);
        }
        if chance.percent(50) {
            let (rooms, roles) = Rooms::draw(plan, &customer, chance);
            customer.rooms = Some(rooms);
            customer.roles.extend(roles);
        }
        customer
    }

    /// Its administrators: one or a group, and often a helpdesk.
    fn hire(&mut self, chance: &mut Chance) {
        let number = self.number;
        let scope = Name::Customer(number);
        let mut hold = |holder, role| self.roles.push(OwnedBytes { holder, role, scope, during: During::ALWAYS });
        if chance.percent(30) {
            self.people[0] = Some(Circle::Admins);
            hold(Name::Circle(number, Circle::Admins), "global-administrator");
        } else {
            hold(Name::Employee(number, 0), "global-administrator");
        }
        if chance.percent(50) {
            hold(Name::Employee(number, 2), "helpdesk-administrator");
        }
        for place in self.people.iter_mut().skip(3) {
            *place = [None, Some(Circle::Facilities), Some(Circle::Reception)][chance.below(3) as usize];
        }
    }

    /// Who holds roles on a subscription: most often the admin agents of the partner that provisioned it; and some whom it was let to later.
    fn assign(&mut self, plan: &Plan, scope: Name, chance: &mut Chance) {
        let number = self.number;
        let tie = self.ties[0].partner;
        let mut hold = |holder, role, chance: &mut Chance| {
            let since = beginning(chance);
            let during = if chance.percent(15) { During::between(since, ending(chance)) } else { During::since(since) };
            self.roles.push(OwnedBytes { holder, role, scope, during });
        };
        if chance.percent(70) {
            hold(Name::Team(tie, Team::AdminAgents), "owner", chance);
        } else {
            hold(Name::Employee(number, 0), "owner", chance);
        }
        if chance.percent(40) {
            let team = [Team::Engineers, Team::TierTwo, Team::HelpdeskAgents][chance.below(3) as usize];
            hold(Name::Team(tie, team), "contributor", chance);
        }
        if chance.percent(20) {
            hold(Name::Staff(tie, chance.below(plan.people(tie))), "contributor", chance);
        }
        if chance.percent(30) {
            let reader = if plan.is_large(tie) { Team::Everybody } else { Team::SalesAgents };
            hold(Name::Team(tie, reader), "reader", chance);
        }
        if chance.percent(25) {
            hold(Name::Employee(number, 1), "reader", chance);
        }
    }

    fn origin(&self, chance: &mut Chance) -> Origin {
        let by = |by| Origin { by: Some(by), via: Some("partner-center") };
        let first = Name::Partner(self.ties[0].partner);
        let last = Name::Partner(self.ties[self.ties.len() - 1].partner);
        let own_way = OWN_WAYS[chance.below(3) as usize];
        let customer = Name::Customer(self.number);
        match chance.below(100) {
            0..55 => by(first),
            55..67 => by(last),
            67..87 => Origin { by: Some(customer), via: Some(own_way) },
            87..90 => Origin { by: Some(customer), via: None },
            90..93 => Origin { by: None, via: Some(own_way) },
            93..95 => Origin { by: Some(first), via: None },
            _ => Origin { by: None, via: None },
        }
    }

    /// Whether the user is the holder, or in the group that it is.
    pub fn belongs(&self, plan: &Plan, user: Name, holder: Name) -> bool {
        match (user, holder) {
            (Name::Staff(partner, _), Name::Team(of, Team::Everybody)) => partner == of && plan.is_large(of),
            (Name::Staff(partner, person), Name::Team(of, group)) => {
                partner == of && plan.team(partner, person).is_some_and(|team| lies_in(team, group))
            }
            (Name::Employee(customer, person), Name::Circle(of, group)) => {
                let circle = self.people.get(person as usize).copied().flatten();
                customer == of && circle.is_some_and(|circle| circle == group || group == Circle::Facilities && circle == Circle::Reception)
            }
            _ => user == holder,
        }
    }

    /// Someone who holds what the holder holds: itself, or a member of the group that it is.
    pub fn member(&self, plan: &Plan, holder: Name, chance: &mut Chance) -> Option<Name> {
        match holder {
            Name::Team(partner, Team::Everybody) => plan.someone(partner, chance, |_| true),
            Name::Team(partner, group) => plan.someone(partner, chance, |team| team.is_some_and(|team| lies_in(team, group))),
            Name::Circle(..) => {
                let people: Vec<Name> = self.employees().filter(|&user| self.belongs(plan, user, holder)).collect();
                chance.pick(&people).copied()
            }
            _ => Some(holder),
        }
    }

    /// Its users.
    pub fn employees(&self) -> impl Iterator<Item = Name> + use<> {
        let number = self.number;
        (0..self.people.len()).filter_map(|person| u32::try_from(person).ok()).map(move |person| Name::Employee(number, person))
    }

    /// Writes it.
    pub fn write<W: io::Write>(&self, sheet: &mut Sheet<W>) -> io::Result<()> {
        let number = self.number;
        let customer = Name::Customer(number);
        let within = ("customer", GivenValue::One(customer));
        sheet.entity(customer, &[])?;
        for circle in [Circle::Admins, Circle::Facilities, Circle::Reception] {
            let groups = if circle == Circle::Reception { &[Name::Circle(number, Circle::Facilities)][..] } else { &[] };
            sheet.entity(Name::Circle(number, circle), &[("groups", GivenValue::Many(groups))])?;
        }
        for (user, circle) in self.employees().zip(&self.people) {
            let groups: SmallVec<[Name; 1]> = circle.iter().map(|&circle| Name::Circle(number, circle)).collect();
            sheet.entity(user, &[within, ("groups", GivenValue::Many(&groups))])?;
        }
        for subscription in 0..self.subscriptions {
            sheet.entity(Name::Subscription(number, subscription), &[within])?;
        }
        for profile in 0..self.profiles {
            sheet.entity(Name::Profile(number, profile), &[within])?;
        }
        for (device, origin) in (0..).zip(&self.devices) {
            let by = origin.by.map(|by| ("added-by", GivenValue::One(by)));
            let via = origin.via.map(|via| ("added-via", GivenValue::Text(via)));
            let attributes: SmallVec<[(&str, GivenValue<'_>); 3]> = [Some(within), by, via].into_iter().flatten().collect();
            sheet.entity(Name::Device(number, device), &attributes)?;
        }
        if let Some(rooms) = &self.rooms {
            rooms.write(number, sheet)?;
        }
        for tie in &self.ties {
            let partner = Name::Partner(tie.partner);
            for &during in &tie.reseller {
                sheet.relation("reseller", &[partner, customer], during)?;
            }
            for &during in &tie.dap {
                sheet.relation("dap", &[customer, partner], during)?;
            }
        }
        for held in &self.roles {
            sheet.holds(held.holder, held.role, held.scope, held.during)?;
        }
        Ok(())
    }
}

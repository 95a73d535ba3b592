//! Entities by number, and what they are called.

use std::fmt;

/// A security group of a partner. All but the last are as the shipped pack and common practice have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Team {
    /// The pack's `admin-agents`.
    AdminAgents,
    /// The pack's `helpdesk-agents`.
    HelpdeskAgents,
    /// The pack's `sales-agents`.
    SalesAgents,
    /// In the admin agents.
    Engineers,
    /// In the engineers.
    TierTwo,
    /// One of four squads in tier two.
    Squad(u32),
    /// In the helpdesk agents.
    NightShift,
    /// Everybody at a large partner: a hub with many members, in no other group.
    Everybody,
}

/// A security group of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circle {
    /// Those who hold Global Administrator together.
    Admins,
    /// Those who look after buildings.
    Facilities,
    /// In the facilities.
    Reception,
}

/// An entity. The first number is the partner's or the customer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A partner.
    Partner(u32),
    /// A partner's group.
    Team(u32, Team),
    /// A partner's user.
    Staff(u32, u32),
    /// A customer.
    Customer(u32),
    /// A customer's group.
    Circle(u32, Circle),
    /// A customer's user.
    Employee(u32, u32),
    /// A user at a customer of whom nobody knows the home.
    Visitor(u32),
    /// A customer's subscription.
    Subscription(u32, u32),
    /// A customer's profile.
    Profile(u32, u32),
    /// A customer's device.
    Device(u32, u32),
    /// A customer's site.
    Site(u32, u32),
    /// A customer's room.
    Room(u32, u32),
    /// A customer's invitation.
    Invitation(u32, u32),
}

impl Name {
    /// The kind.
    pub fn kind(self) -> &'static str {
        match self {
            Name::Partner(_) => "partner",
            Name::Team(..) | Name::Circle(..) => "group",
            Name::Staff(..) | Name::Employee(..) | Name::Visitor(_) => "user",
            Name::Customer(_) => "customer",
            Name::Subscription(..) => "subscription",
            Name::Profile(..) => "profile",
            Name::Device(..) => "device",
            Name::Site(..) => "site",
            Name::Room(..) => "room",
            Name::Invitation(..) => "invitation",
        }
    }

    /// The id, to be written.
    pub fn id(self) -> Id {
        Id(self)
    }
}

/// `kind:id`
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

/// An id without its kind.
#[derive(Clone, Copy, Debug)]
pub struct Id(Name);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Name::Partner(partner) => write!(f, "p{partner}"),
            Name::Team(partner, team) => match team {
                Team::AdminAgents => write!(f, "p{partner}/admin-agents"),
                Team::HelpdeskAgents => write!(f, "p{partner}/helpdesk-agents"),
                Team::SalesAgents => write!(f, "p{partner}/sales-agents"),
                Team::Engineers => write!(f, "p{partner}/engineers"),
                Team::TierTwo => write!(f, "p{partner}/tier-2"),
                Team::Squad(number) => write!(f, "p{partner}/squad-{number}"),
                Team::NightShift => write!(f, "p{partner}/night-shift"),
                Team::Everybody => write!(f, "p{partner}/everybody"),
            },
            Name::Staff(partner, person) => write!(f, "u{person}@p{partner}"),
            Name::Customer(customer) => write!(f, "c{customer}"),
            Name::Circle(customer, circle) => match circle {
                Circle::Admins => write!(f, "c{customer}/admins"),
                Circle::Facilities => write!(f, "c{customer}/facilities"),
                Circle::Reception => write!(f, "c{customer}/reception"),
            },
            Name::Employee(customer, person) => write!(f, "u{person}@c{customer}"),
            Name::Visitor(customer) => write!(f, "visitor-at-c{customer}"),
            Name::Subscription(customer, number) => write!(f, "c{customer}-sub{number}"),
            Name::Profile(customer, number) => write!(f, "c{customer}-profile{number}"),
            Name::Device(customer, number) => write!(f, "c{customer}-d{number}"),
            Name::Site(customer, number) => write!(f, "c{customer}-s{number}"),
            Name::Room(customer, number) => write!(f, "c{customer}-r{number}"),
            Name::Invitation(customer, number) => write!(f, "c{customer}-invitation{number}"),
        }
    }
}

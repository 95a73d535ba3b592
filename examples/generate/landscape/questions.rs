//! Questions about a landscape: every action of the pack, half of them to be allowed, by whom they are about.
//!
//! Each family of actions has its own file's worth of reasons why someone is let in, or is not; a question draws one of them, then
//! customers until the reason fits one.

use super::chance::{Chance, Of};
use super::customer::{Customer, OwnedBytes, Tie};
use super::names::{Name, Team};
use super::partner::{acts, lies_in};
use super::plan::Plan;
use super::rooms::Rooms;

/// Who asks, and of what.
type Pair = (Name, Name);

/// What actions have in common: why someone is allowed them.
#[derive(Clone, Copy, Debug)]
enum Family {
    /// For whoever acts for any partner.
    Asking,
    /// For whoever acts for a partner with a reseller relationship.
    Reselling,
    /// For a customer's own Global Administrators.
    Own,
    /// For Global Administrators, by delegated admin privileges or not; some of it for Helpdesk Administrators too.
    Directory,
    /// For holders of roles on a subscription.
    Subscription,
    /// Profiles: as reselling, of a profile too.
    Profile,
    /// Devices, as reselling.
    SeenDevice,
    /// Devices, by reselling and by how they came.
    Device,
    /// For holders of roles over rooms; a partner's need the delegation as well.
    Room,
    /// For a customer's own managed service administrators.
    RoomsOwn,
    /// For whoever is a user of an invited partner.
    Invitation,
}

/// How many customers are drawn until a reason fits.
const TRIES: usize = 64;

/// Families with their actions. A family is asked as often as it stands in [`ROUND`].
const ACTIONS: [(Family, &[&str]); 11] = [
    (Family::Asking, &["partner-center.request-relationship"]),
    (
        Family::Reselling,
        &[
            "partner-center.view-customer",
            "partner-center.provision-service",
            "partner-center.provision-subscription",
            "partner-center.renew-subscription",
            "partner-center.manage-account",
            "support.open-request",
            "autopilot.device.add",
        ],
    ),
    (Family::Own, &["partner-relationships.view", "partner-relationships.remove-dap"]),
    (
        Family::Directory,
        &[
            "directory.sign-in",
            "directory.read",
            "directory.manage",
            "directory.reset-password",
            "directory.assign-role",
            "office365.sign-in",
            "office365.administer",
            "teams-admin-center.sign-in",
            "teams.call-quality.view",
        ],
    ),
    (Family::Subscription, &["subscription.view", "subscription.manage", "subscription.add-assignment", "subscription.remove-assignment"]),
    (Family::Profile, &["autopilot.profile.create", "autopilot.profile.update", "autopilot.profile.delete"]),
    (Family::SeenDevice, &["autopilot.device.view"]),
    (Family::Device, &["autopilot.profile.apply", "autopilot.profile.unapply", "autopilot.device.manage", "autopilot.device.remove"]),
    (
        Family::Room,
        &[
            "teams-rooms.rooms.view",
            "teams-rooms.rooms.modify",
            "teams-rooms.rooms.reset-key",
            "teams-rooms.rooms.download-key",
            "teams-rooms.rooms.unenroll",
            "teams-rooms.rooms.create",
            "teams-rooms.groups.view",
            "teams-rooms.groups.modify",
            "teams-rooms.groups.create",
            "teams-rooms.update-rings.view",
            "teams-rooms.update-rings.modify",
            "teams-rooms.reports.view",
            "teams-rooms.reports.create-customer-incident",
            "teams-rooms.tickets.view",
            "teams-rooms.tickets.update",
            "teams-rooms.settings.view",
            "teams-rooms.settings.modify",
            "teams-rooms.roles.view",
            "teams-rooms.roles.modify",
        ],
    ),
    (
        Family::RoomsOwn,
        &["teams-rooms.invite-partner", "teams-rooms.assign-rooms", "teams-rooms.remove-partner", "teams-rooms.approve-change"],
    ),
    (Family::Invitation, &["teams-rooms.accept-invitation"]),
];

/// Which families are asked one after the other, by their places in [`ACTIONS`].
const ROUND: [usize; 21] = [0, 3, 8, 4, 1, 7, 3, 8, 2, 4, 5, 8, 7, 3, 1, 4, 8, 6, 9, 7, 10];

/// Roles over rooms and the letters by which [`room_roles`] knows them.
const ROOM_ROLES: [(&str, char); 4] =
    [("managed-service-administrator", 'm'), ("site-lead", 'l'), ("site-tech", 't'), ("primary-admin", 'p')];

/// The roles that Table 1 gives an action.
fn room_roles(action: &str) -> &'static str {
    match action.trim_start_matches("teams-rooms.") {
        "rooms.view" | "rooms.modify" | "reports.create-customer-incident" | "tickets.view" | "tickets.update" => "mltp",
        "rooms.download-key" | "rooms.unenroll" => "mlt",
        "groups.view" | "update-rings.view" | "update-rings.modify" | "reports.view" => "mlp",
        "rooms.create" | "groups.modify" | "groups.create" => "ml",
        "roles.view" | "roles.modify" => "mp",
        _ => "m",
    }
}

fn gives(role: &str, action: &str) -> bool {
    match role {
        "owner" => action.starts_with("subscription."),
        "contributor" => matches!(action, "subscription.view" | "subscription.manage"),
        "reader" => action == "subscription.view",
        "global-administrator" => {
            ["directory.", "office365."].iter().any(|of| action.starts_with(of))
                || matches!(action, "teams-admin-center.sign-in" | "teams.call-quality.view")
        }
        "helpdesk-administrator" => helpdesk(action),
        _ => ROOM_ROLES.iter().any(|&(name, letter)| name == role && room_roles(action).contains(letter)),
    }
}

fn helpdesk(action: &str) -> bool {
    matches!(action, "directory.sign-in" | "directory.read" | "directory.reset-password" | "office365.sign-in")
}

fn is_admin(team: Option<Team>) -> bool {
    team.is_some_and(|team| lies_in(team, Team::AdminAgents))
}

fn is_helpdesk(team: Option<Team>) -> bool {
    team.is_some_and(|team| lies_in(team, Team::HelpdeskAgents))
}

impl Plan {
    /// The question of that number: subject, action, resource.
    pub fn question(&self, number: u64) -> (Name, &'static str, Name) {
        let round = number / ROUND.len() as u64;
        let place = usize::try_from(number % ROUND.len() as u64).expect("less than the round is long");
        let (family, actions) = ACTIONS[ROUND[place]];
        let before = ROUND[..place].iter().filter(|&&other| other == ROUND[place]).count() as u64;
        let in_round = ROUND.iter().filter(|&&other| other == ROUND[place]).count() as u64;
        let turn = usize::try_from((round * in_round + before) % actions.len() as u64).expect("less than there are actions");
        let action = actions[turn];

        let mut chance = Chance::new(self.seed, Of::Question, number);
        let allowed = chance.percent(50);
        for _ in 0..TRIES {
            let customer = self.a_customer(&mut chance);
            let asking = Asking { plan: self, customer: &customer, action };
            let drawn = match family {
                Family::Asking => asking.relationship(allowed, &mut chance),
                Family::Reselling => asking.reselling(allowed, &mut chance),
                Family::Own => asking.own(allowed, &mut chance),
                Family::Directory => asking.directory(allowed, &mut chance),
                Family::Subscription => asking.subscription(allowed, &mut chance),
                Family::Profile => asking.profile(allowed, &mut chance),
                Family::SeenDevice => asking.seen_device(allowed, &mut chance),
                Family::Device => asking.device(allowed, &mut chance),
                Family::Room => asking.room(allowed, &mut chance),
                Family::RoomsOwn => asking.rooms_own(allowed, &mut chance),
                Family::Invitation => asking.invitation(allowed, &mut chance),
            };
            if let Some((subject, resource)) = drawn {
                return (subject, action, resource);
            }
        }
        // In a world of few customers a reason may fit none.
        let customer = self.a_customer(&mut chance);
        let someone = Name::Staff(customer.ties[0].partner, 0);
        let resource = match family {
            // There may be no invitation; so one is asked for.
            Family::Invitation => return (someone, "teams-rooms.invite-partner", Name::Customer(customer.number)),
            Family::Subscription => Name::Subscription(self.first_with(|customer| customer.subscriptions > 0), 0),
            Family::SeenDevice | Family::Device => Name::Device(customer.number, 0),
            _ => Name::Customer(customer.number),
        };
        (someone, action, resource)
    }

    fn first_with(&self, fits: impl Fn(&Customer) -> bool) -> u32 {
        (0..self.customers).find(|&number| fits(&Customer::draw(self, number))).unwrap_or(0)
    }
}

/// An action asked about a customer.
struct Asking<'a> {
    plan: &'a Plan,
    customer: &'a Customer,
    action: &'static str,
}

impl Asking<'_> {
    fn whole(&self) -> Name {
        Name::Customer(self.customer.number)
    }

    fn staff(&self, partner: u32, chance: &mut Chance, fits: impl Fn(Option<Team>) -> bool) -> Option<Name> {
        self.plan.someone(partner, chance, fits)
    }

    /// A partner of the customer that fits.
    fn tie(&self, chance: &mut Chance, fits: impl Fn(&Tie) -> bool) -> Option<u32> {
        chance.pick_where(&self.customer.ties, fits).map(|tie| tie.partner)
    }

    /// Someone who acts for a partner that has nothing to do with the customer.
    fn stranger(&self, chance: &mut Chance) -> Option<Name> {
        let partner = self.plan.a_partner(chance);
        let delegated = |rooms: &Rooms| rooms.delegations.iter().any(|&(other, ..)| other == partner);
        let known = self.customer.ties.iter().any(|tie| tie.partner == partner) || self.customer.rooms.as_ref().is_some_and(delegated);
        if known { None } else { self.staff(partner, chance, acts) }
    }

    fn employee(&self, chance: &mut Chance) -> Option<Name> {
        let people: Vec<Name> = self.customer.employees().collect();
        chance.pick(&people).copied()
    }

    /// Whether the subject holds a role that gives the action, where it stands.
    fn holds(&self, subject: Name, resource: Name) -> bool {
        let over = |scope: Name| scope == resource || self.customer.rooms.as_ref().is_some_and(|rooms| rooms.lies_within(resource, scope));
        let gives = |held: &OwnedBytes| held.during.is_now() && gives(held.role, self.action) && over(held.scope);
        self.customer.roles.iter().any(|held| gives(held) && self.customer.belongs(self.plan, subject, held.holder))
    }

    /// Whether the subject is one of the customer's own who hold this role on the whole of it.
    fn is_own(&self, subject: Name, role: &str) -> bool {
        let held = |held: &&OwnedBytes| held.role == role && held.scope == self.whole() && held.during.is_now();
        let mut holders = self.customer.roles.iter().filter(held);
        matches!(subject, Name::Employee(..)) && holders.any(|held| self.customer.belongs(self.plan, subject, held.holder))
    }

    /// One of the customer's own who hold this role on the whole of it, or do not.
    fn one_of_its_own(&self, role: &str, holding: bool, chance: &mut Chance) -> Option<Name> {
        let people: Vec<Name> = self.customer.employees().filter(|&user| self.is_own(user, role) == holding).collect();
        chance.pick(&people).copied()
    }

    fn relationship(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let partner = self.plan.a_partner(chance);
        let subject = match allowed {
            true => self.staff(partner, chance, acts)?,
            false if chance.percent(30) => self.employee(chance)?,
            false => self.staff(partner, chance, |team| !acts(team))?,
        };
        Some((subject, self.whole()))
    }

    fn reseller(&self, allowed: bool, chance: &mut Chance) -> Option<Name> {
        if allowed {
            let partner = self.tie(chance, Tie::resells)?;
            return self.staff(partner, chance, acts);
        }
        match chance.below(5) {
            0..2 => {
                let partner = self.tie(chance, Tie::resells)?;
                self.staff(partner, chance, |team| !acts(team))
            }
            2..4 => {
                let partner = self.tie(chance, |tie| !tie.resells())?;
                self.staff(partner, chance, acts)
            }
            4 if chance.percent(50) => self.employee(chance),
            _ => self.stranger(chance),
        }
    }

    fn reselling(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        self.reseller(allowed, chance).map(|subject| (subject, self.whole()))
    }

    fn profile(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let profile = Name::Profile(self.customer.number, chance.below(self.customer.profiles));
        let resource = if chance.percent(50) { profile } else { self.whole() };
        self.reseller(allowed, chance).map(|subject| (subject, resource))
    }

    /// A device of the customer's that came in such a way.
    fn a_device(&self, chance: &mut Chance, fits: impl Fn(Option<Name>, Option<&str>) -> bool) -> Option<Name> {
        let devices = (0..).zip(&self.customer.devices).filter(|(_, origin)| fits(origin.by, origin.via));
        let fitting: Vec<u32> = devices.map(|(device, _)| device).collect();
        chance.pick(&fitting).map(|&device| Name::Device(self.customer.number, device))
    }

    fn seen_device(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let device = self.a_device(chance, |_, _| true)?;
        self.reseller(allowed, chance).map(|subject| (subject, device))
    }

    fn device(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let by_partner = |by: Option<Name>| matches!(by, Some(Name::Partner(_)));
        let by_customer = |by: Option<Name>| matches!(by, Some(Name::Customer(_)));
        if allowed {
            return Some((self.reseller(true, chance)?, self.a_device(chance, |by, _| by_partner(by))?));
        }
        let device = match chance.below(10) {
            // Added by a partner, and the asker is none of those who may.
            0..4 => return Some((self.reseller(false, chance)?, self.a_device(chance, |by, _| by_partner(by))?)),
            // Added by the customer itself, which bars partners.
            4..8 => self.a_device(chance, |by, via| by_customer(by) && via.is_some())?,
            // Added nobody knows by whom, or how.
            _ => self.a_device(chance, |by, via| by.is_none() || by_customer(by) && via.is_none())?,
        };
        Some((self.reseller(true, chance)?, device))
    }

    fn own(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let subject = match chance.below(3) {
            _ if allowed => self.one_of_its_own("global-administrator", true, chance)?,
            0 => self.one_of_its_own("global-administrator", false, chance)?,
            1 => {
                let partner = self.tie(chance, Tie::has_dap)?;
                self.staff(partner, chance, is_admin)?
            }
            _ => {
                let other = self.plan.a_customer(chance);
                if other.number == self.customer.number {
                    return None;
                }
                Name::Employee(other.number, 0)
            }
        };
        Some((subject, self.whole()))
    }

    fn directory(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let subject = if allowed {
            match chance.below(10) {
                0..5 => {
                    let partner = self.tie(chance, Tie::has_dap)?;
                    self.staff(partner, chance, is_admin)?
                }
                5..8 if helpdesk(self.action) => {
                    let partner = self.tie(chance, Tie::has_dap)?;
                    self.staff(partner, chance, is_helpdesk)?
                }
                _ => {
                    let held =
                        chance.pick_where(&self.customer.roles, |held| held.scope == self.whole() && gives(held.role, self.action))?;
                    self.customer.member(self.plan, held.holder, chance)?
                }
            }
        } else {
            let subject = match chance.below(10) {
                0..4 => {
                    let partner = self.tie(chance, |tie| !tie.has_dap())?;
                    self.staff(partner, chance, is_admin)?
                }
                4..6 => {
                    let partner = self.tie(chance, Tie::has_dap)?;
                    self.staff(partner, chance, |team| !is_admin(team) && !is_helpdesk(team))?
                }
                6..8 if !helpdesk(self.action) => {
                    let partner = self.tie(chance, Tie::has_dap)?;
                    self.staff(partner, chance, is_helpdesk)?
                }
                8 => self.employee(chance)?,
                _ => self.stranger(chance)?,
            };
            if self.holds(subject, self.whole()) {
                return None;
            }
            subject
        };
        Some((subject, self.whole()))
    }

    /// Whether the bar on subscriptions lets the subject pass: one of the customer's own, or an admin agent of a partner with privileges, by
    /// which it holds an Entra role there.
    fn passes_to_subscriptions(&self, subject: Name) -> bool {
        match subject {
            Name::Employee(customer, _) => customer == self.customer.number,
            Name::Staff(partner, person) => {
                is_admin(self.plan.team(partner, person)) && self.customer.ties.iter().any(|tie| tie.partner == partner && tie.has_dap())
            }
            _ => false,
        }
    }

    fn subscription(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let customer = self.customer;
        if customer.subscriptions == 0 {
            return None;
        }
        let resource = Name::Subscription(customer.number, chance.below(customer.subscriptions));
        let removes = self.action == "subscription.remove-assignment";
        if allowed {
            if removes && chance.percent(30) {
                return Some((self.one_of_its_own("global-administrator", true, chance)?, resource));
            }
            let gives = |held: &OwnedBytes| held.scope == resource && held.during.is_now() && gives(held.role, self.action);
            let held = chance.pick_where(&customer.roles, gives)?;
            let subject = customer.member(self.plan, held.holder, chance)?;
            return self.passes_to_subscriptions(subject).then_some((subject, resource));
        }
        let subject = match chance.below(10) {
            // A role that would go so far, of someone whom the bar stops.
            0..2 => {
                let held = chance.pick_where(&customer.roles, |held| held.scope == resource && gives(held.role, self.action))?;
                customer.member(self.plan, held.holder, chance)?
            }
            // A role that has ended, or one that does not go so far.
            2..5 => {
                let short = |held: &OwnedBytes| held.scope == resource && !(held.during.is_now() && gives(held.role, self.action));
                let held = chance.pick_where(&customer.roles, short)?;
                customer.member(self.plan, held.holder, chance)?
            }
            // Delegated admin privileges, which give no role here.
            5..7 => {
                let partner = self.tie(chance, Tie::has_dap)?;
                self.staff(partner, chance, is_admin)?
            }
            7..9 => self.employee(chance)?,
            _ => self.stranger(chance)?,
        };
        let lets_in = self.holds(subject, resource) && self.passes_to_subscriptions(subject)
            || removes && self.is_own(subject, "global-administrator");
        if lets_in { None } else { Some((subject, resource)) }
    }

    fn room(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let rooms = self.customer.rooms.as_ref()?;
        let number = self.customer.number;
        let partners = |held: &OwnedBytes| held.role == "primary-admin";
        if allowed {
            let by_partner = chance.percent(60) && room_roles(self.action).contains('p');
            let fits = |held: &OwnedBytes| held.during.is_now() && partners(held) == by_partner && gives(held.role, self.action);
            let over_rooms = |held: &OwnedBytes| fits(held) && !matches!(held.holder, Name::Visitor(_));
            let held = chance.pick_where(&self.customer.roles, over_rooms)?;
            let subject = self.customer.member(self.plan, held.holder, chance)?;
            let reached = |&resource: &Name| match subject {
                Name::Staff(partner, _) => rooms.lies_within(resource, held.scope) && rooms.delegated(partner, resource),
                _ => rooms.lies_within(resource, held.scope),
            };
            let resource = (0..8).map(|_| rooms.somewhere(number, chance)).find(reached).or(Some(held.scope).filter(reached))?;
            return Some((subject, resource));
        }
        let resource = rooms.somewhere(number, chance);
        let subject = match chance.below(10) {
            // A role that reaches further than the delegation, or a delegation that has ended.
            0..3 => {
                let subject = chance.pick_where(&self.customer.roles, partners)?.holder;
                return match subject {
                    Name::Staff(partner, _) if !rooms.delegated(partner, resource) => Some((subject, resource)),
                    _ => None,
                };
            }
            // The delegation without a role.
            3 => {
                let partner = chance.pick(&rooms.delegations)?.0;
                self.staff(partner, chance, acts)?
            }
            4..7 => self.employee(chance)?,
            7 if !rooms.visited => return None,
            7 => Name::Visitor(number),
            8 => self.staff(self.customer.ties[0].partner, chance, acts)?,
            _ => self.stranger(chance)?,
        };
        if !matches!(subject, Name::Visitor(_)) && self.holds(subject, resource) { None } else { Some((subject, resource)) }
    }

    fn rooms_own(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        const ROLE: &str = "managed-service-administrator";
        self.customer.rooms.as_ref()?;
        let subject = match chance.below(3) {
            _ if allowed => self.one_of_its_own(ROLE, true, chance)?,
            0 => self.one_of_its_own(ROLE, false, chance)?,
            1 => chance.pick_where(&self.customer.roles, |held| held.role == "primary-admin")?.holder,
            _ => self.stranger(chance)?,
        };
        Some((subject, self.whole()))
    }

    fn invitation(&self, allowed: bool, chance: &mut Chance) -> Option<Pair> {
        let (partner, ..) = self.customer.rooms.as_ref()?.invitation?;
        let subject = match chance.below(2) {
            _ if allowed => self.staff(partner, chance, |_| true)?,
            0 => self.employee(chance)?,
            _ => self.stranger(chance).filter(|&subject| !matches!(subject, Name::Staff(of, _) if of == partner))?,
        };
        Some((subject, Name::Invitation(self.customer.number, 0)))
    }
}

//! Partners: their groups, which nest, and their people.

use super::chance::{Chance, Of};
use super::names::{Name, Team};
use super::plan::Plan;
use super::sheet::{GivenValue, Sheet};
use std::io;

/// How many squads lie in tier two.
const SQUADS: u32 = 4;

/// The first people of every partner: an admin agent, a helpdesk agent, a sales agent and one who is none, so that each can be asked for.
const FIRST: [Option<Team>; 4] = [Some(Team::AdminAgents), Some(Team::HelpdeskAgents), Some(Team::SalesAgents), None];

/// The group in which a group of a partner lies.
pub fn parent(team: Team) -> Option<Team> {
    match team {
        Team::Squad(_) => Some(Team::TierTwo),
        Team::TierTwo => Some(Team::Engineers),
        Team::Engineers => Some(Team::AdminAgents),
        Team::NightShift => Some(Team::HelpdeskAgents),
        Team::AdminAgents | Team::HelpdeskAgents | Team::SalesAgents | Team::Everybody => None,
    }
}

/// Whether the first lies in the second, at any depth, or is it.
pub fn lies_in(team: Team, group: Team) -> bool {
    team == group || parent(team).is_some_and(|parent| lies_in(parent, group))
}

/// Whether members of the group do the work of Partner Center.
pub fn acts(team: Option<Team>) -> bool {
    team.is_some_and(|team| lies_in(team, Team::AdminAgents) || team == Team::SalesAgents)
}

impl Plan {
    /// How many people a partner has: a small one a handful, a large one hundreds or thousands.
    pub fn people(&self, partner: u32) -> u32 {
        if self.is_large(partner) {
            return 40 + (self.customers / (8 * self.large)).min(5_000);
        }
        4 + Chance::new(self.seed, Of::Partner, u64::from(partner)).below(8)
    }

    /// The group in which someone does their work; nobody is in two, but for the one with everybody.
    pub fn team(&self, partner: u32, person: u32) -> Option<Team> {
        if let Some(&team) = FIRST.get(person as usize) {
            return team;
        }
        let mut chance = Chance::new(self.seed, Of::Staff, (u64::from(partner) << 32) | u64::from(person));
        match chance.below(100) {
            0..40 => Some(Team::AdminAgents),
            40..52 => Some(Team::Engineers),
            52..62 => Some(Team::TierTwo),
            62..72 => Some(Team::Squad(chance.below(SQUADS))),
            72..82 => Some(Team::HelpdeskAgents),
            82..87 => Some(Team::NightShift),
            87..96 => Some(Team::SalesAgents),
            _ => None,
        }
    }

    /// One of a partner's people whose group fits.
    pub fn someone(&self, partner: u32, chance: &mut Chance, fits: impl Fn(Option<Team>) -> bool) -> Option<Name> {
        let people = self.people(partner);
        let drawn = (0..12).map(|_| chance.below(people)).find(|&person| fits(self.team(partner, person)));
        let first = || (0..4).find(|&person| fits(self.team(partner, person)));
        drawn.or_else(first).map(|person| Name::Staff(partner, person))
    }

    /// Writes a partner.
    pub fn tell_partner<W: io::Write>(&self, partner: u32, sheet: &mut Sheet<W>) -> io::Result<()> {
        let group = |team| Name::Team(partner, team);
        let attributes = [
            ("admin-agents", GivenValue::One(group(Team::AdminAgents))),
            ("helpdesk-agents", GivenValue::One(group(Team::HelpdeskAgents))),
            ("sales-agents", GivenValue::One(group(Team::SalesAgents))),
        ];
        sheet.entity(Name::Partner(partner), &attributes)?;
        let plain =
            [Team::AdminAgents, Team::HelpdeskAgents, Team::SalesAgents, Team::Engineers, Team::TierTwo, Team::NightShift].into_iter();
        let everybody = self.is_large(partner).then_some(Team::Everybody);
        for team in plain.chain((0..SQUADS).map(Team::Squad)).chain(everybody) {
            let within: Vec<Name> = parent(team).into_iter().map(group).collect();
            sheet.entity(group(team), &[("groups", GivenValue::Many(&within))])?;
        }
        for person in 0..self.people(partner) {
            let groups: Vec<Name> = self.team(partner, person).into_iter().chain(everybody).map(group).collect();
            let attributes = [("partner", GivenValue::One(Name::Partner(partner))), ("groups", GivenValue::Many(&groups))];
            sheet.entity(Name::Staff(partner, person), &attributes)?;
        }
        Ok(())
    }
}

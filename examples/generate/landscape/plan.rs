//! The size of a landscape, and its pages from first to last.

use super::chance::Chance;
use super::customer::Customer;
use super::sheet::{Counts, Sheet};
use std::io;

/// A landscape: with the same numbers it is the same, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What all chance hangs on.
    pub seed: u64,
    /// How many customers there are, without those whose life consists of events.
    pub customers: u32,
    /// How many partners there are.
    pub partners: u32,
    /// How many of them, the first, are large.
    pub large: u32,
    /// How many events there are.
    pub events: u32,
}

impl Plan {
    /// A landscape with so many customers, and so many events.
    pub fn new(seed: u64, customers: u32, events: u32) -> Plan {
        let partners = 3 + customers / 15;
        Plan { seed, customers, partners, large: 1 + partners / 300, events }
    }

    /// A landscape with about so many facts, events aside: the number of customers is found by counting.
    pub fn about(seed: u64, facts: u64, events: u32) -> Plan {
        let sized = |customers: u64| Plan::new(seed, u32::try_from(customers.max(1)).unwrap_or(u32::MAX / 2), 0);
        let mut customers = facts / 80;
        for _ in 0..2 {
            let counted = sized(customers).count();
            customers = (u128::from(customers.max(1)) * u128::from(facts) / u128::from(counted.max(1))).try_into().unwrap_or(u64::MAX);
        }
        Plan { events, ..sized(customers) }
    }

    fn count(&self) -> u64 {
        self.write_world(io::sink()).map(|counts| counts.facts).expect("a sink takes everything")
    }

    /// Whether the partner is a large one.
    pub fn is_large(&self, partner: u32) -> bool {
        partner < self.large
    }

    /// A partner for a customer: every other one has a large partner, and the larger the first.
    pub fn a_partner(&self, chance: &mut Chance) -> u32 {
        if chance.percent(50) {
            return chance.below(self.large).min(chance.below(self.large));
        }
        self.large + chance.below(self.partners - self.large)
    }

    /// A customer, not one of those whose life consists of events.
    pub fn a_customer(&self, chance: &mut Chance) -> Customer {
        Customer::draw(self, chance.below(self.customers))
    }

    /// Writes the world as NDJSON, and says how much that was.
    pub fn write_world<W: io::Write>(&self, out: W) -> io::Result<Counts> {
        let mut sheet = Sheet::new(out);
        for partner in 0..self.partners {
            self.tell_partner(partner, &mut sheet)?;
        }
        for customer in 0..self.customers {
            Customer::draw(self, customer).write(&mut sheet)?;
        }
        self.tell_lives(&mut sheet)?;
        Ok(sheet.counts)
    }

    /// Writes so many questions about the world as requests of the `AuthZEN` model; where there are 200 or more, every action is asked.
    pub fn write_requests<W: io::Write>(&self, count: u64, out: W) -> io::Result<()> {
        let mut sheet = Sheet::new(out);
        for number in 0..count {
            let (subject, action, resource) = self.question(number);
            sheet.question(subject, action, resource)?;
        }
        Ok(())
    }
}

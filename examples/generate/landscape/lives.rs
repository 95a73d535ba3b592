//! Customers whose life consists of events: two partners come, serve, and most of them go. Every event is allowed when it happens.

use super::chance::{Chance, Of};
use super::days::{Day, During};
use super::names::{Name, Team};
use super::partner::acts;
use super::plan::Plan;
use super::sheet::{GivenValue, Sheet};
use std::io;

/// How many days lie between one event of a life and the next, at the most.
const PACE: u32 = 25;

/// A life as it goes on.
struct Life<'a, W> {
    sheet: &'a mut Sheet<W>,
    chance: Chance,
    /// When something last happened.
    day: Day,
    /// At which minute of its days things happen.
    minute: u32,
    /// How many events are still to be written.
    left: u32,
}

impl Plan {
    /// Writes as many lives as there are events for; the last may be cut short.
    pub fn tell_lives<W: io::Write>(&self, sheet: &mut Sheet<W>) -> io::Result<()> {
        let mut left = self.events;
        for number in 0.. {
            if left == 0 {
                break;
            }
            let mut chance = Chance::new(self.seed, Of::Life, number);
            let day = Day::of(2021, 1).until(Day::of(2022, 1), &mut chance);
            let minute = chance.below(24 * 60);
            let mut life = Life { sheet: &mut *sheet, chance, day, minute, left };
            let customer = self.customers + u32::try_from(number).expect("no more lives than events");
            self.tell_life(customer, &mut life)?;
            left = life.left;
        }
        Ok(())
    }

    fn tell_life<W: io::Write>(&self, number: u32, life: &mut Life<'_, W>) -> io::Result<()> {
        let customer = Name::Customer(number);
        let [administrator, rooms_administrator, anyone] = [0, 1, 2].map(|person| Name::Employee(number, person));
        let [country, city] = [Name::Site(number, 0), Name::Site(number, 1)];
        let room = Name::Room(number, 0);

        life.sheet.entity(customer, &[])?;
        for employee in [administrator, rooms_administrator, anyone] {
            life.sheet.entity(employee, &[("customer", GivenValue::One(customer))])?;
        }
        life.sheet.entity(country, &[("customer", GivenValue::One(customer))])?;
        life.sheet.entity(city, &[("site", GivenValue::One(country))])?;
        life.sheet.entity(room, &[("customer", GivenValue::One(customer))])?;
        life.sheet.holds(administrator, "global-administrator", customer, During::ALWAYS)?;
        life.sheet.holds(rooms_administrator, "managed-service-administrator", customer, During::ALWAYS)?;

        // A reseller comes, with privileges, and provisions.
        let seller = self.a_partner(&mut life.chance);
        let partner = ("partner", GivenValue::One(Name::Partner(seller)));
        let agent = self.someone(seller, &mut life.chance, acts).unwrap_or(Name::Staff(seller, 0));
        let given = ("customer", GivenValue::One(customer));
        life.event("request-relationship", agent, &[given], 1)?;
        life.event("accept-relationship", administrator, &[given, partner], 1)?;
        life.event("grant-dap", administrator, &[given, partner], 1)?;
        let subscription = ("subscription", GivenValue::One(Name::Subscription(number, 0)));
        life.event("provision-subscription", agent, &[given, subscription], 2)?;
        for device in 0..life.chance.between(1, 5) {
            let device = ("device", GivenValue::One(Name::Device(number, device)));
            life.event("add-device", agent, &[given, device], 3)?;
        }
        let own = ("device", GivenValue::One(Name::Device(number, 9)));
        life.event("add-own-device", anyone, &[given, ("via", GivenValue::Text("intune")), own], 3)?;
        let engineers = ("holder", GivenValue::One(Name::Team(seller, Team::Engineers)));
        let owner = Name::Staff(seller, 0); // an Admin agent, as the first person of every partner is
        life.event("add-role-assignment", owner, &[subscription, engineers, ("role", GivenValue::Text("role:reader"))], 1)?;

        // The privileges go, and what they do not take away goes by itself.
        life.event("remove-dap", administrator, &[given, partner], 0)?;
        life.event("remove-device", agent, &[("device", GivenValue::One(Name::Device(number, 0)))], 0)?;
        let owners = ("holder", GivenValue::One(Name::Team(seller, Team::AdminAgents)));
        life.event("remove-role-assignment", administrator, &[subscription, owners, ("role", GivenValue::Text("role:owner"))], 0)?;

        // Another looks after the rooms, and hands over.
        let keeper = self.a_partner(&mut life.chance);
        let partner = ("partner", GivenValue::One(Name::Partner(keeper)));
        let [first, second] = [1, 2].map(|person| Name::Staff(keeper, person));
        let invitation = ("invitation", GivenValue::One(Name::Invitation(number, 0)));
        let days = ("days", GivenValue::Number(life.chance.between(14, 30)));
        life.event(
            "invite-rooms-partner",
            rooms_administrator,
            &[given, partner, days, ("rooms", GivenValue::Many(&[country])), invitation],
            5,
        )?;
        life.event("accept-rooms-invitation", Name::Staff(keeper, 3), &[invitation, ("admins", GivenValue::Many(&[first]))], 4)?;
        life.event("assign-rooms", rooms_administrator, &[given, partner, ("rooms", GivenValue::Many(&[room]))], 2)?;
        let scope = ("scope", GivenValue::One(city));
        life.event("assign-primary-admin", first, &[("scope", GivenValue::One(country)), ("admin", GivenValue::One(second))], 1)?;
        life.event("assign-primary-admin", second, &[scope, ("admin", GivenValue::One(first))], 1)?;
        life.event("remove-primary-admin", second, &[scope, ("admin", GivenValue::One(first))], 0)?;
        if life.chance.percent(50) {
            life.event("remove-rooms-partner", rooms_administrator, &[given, partner], 0)?;
        }
        if life.chance.percent(50) {
            life.event("end-relationship", administrator, &[given, ("partner", GivenValue::One(Name::Partner(seller)))], 0)?;
        }
        Ok(())
    }
}

impl<W: io::Write> Life<'_, W> {
    /// Something happens some days later, and brings so many facts.
    fn event(&mut self, event: &str, by: Name, parameters: &[(&str, GivenValue<'_>)], brings: u64) -> io::Result<()> {
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        // An invitation stays open for fourteen days at least.
        let pace = if event == "accept-rooms-invitation" { 9 } else { PACE };
        self.day = self.day.plus(self.chance.between(1, pace));
        let (day, hour, minute) = (self.day, self.minute / 60, self.minute % 60);
        self.sheet.event(event, format_args!("{day}T{hour:02}:{minute:02}:00Z"), by, parameters, brings)
    }
}

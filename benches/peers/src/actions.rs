//! The actions of the shipped pack, by what decides them: the pack's rules, written once for both peers.

/// What lets someone do an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Acting for any partner.
    Asks,
    /// Acting for a partner with a reseller relationship.
    Resells,
    /// The same, of a device that a partner added; barred of one that the customer added.
    Devices,
    /// Being one of the customer's own who hold Global Administrator there.
    OwnAdministrator,
    /// Holding a role over the resource: any whose group of actions has it.
    Roles,
    /// The same, or being one of the customer's own Global Administrators.
    RolesOrOwnAdministrator,
    /// Holding a role; barred unless at home or by delegation.
    Rooms,
    /// Being one of the customer's own who are managed service administrators; barred as the others are.
    OwnRooms,
}

/// An action.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Its name.
    pub name: &'static str,
    /// What lets someone do it.
    pub rule: Rule,
    /// The roles that grant it, as they are called where the peers keep them: sets of holders, by the resource.
    pub roles: &'static [&'static str],
}

const fn action(name: &'static str, rule: Rule, roles: &'static [&'static str]) -> Action {
    Action { name, rule, roles }
}

const ADMINISTRATORS: &[&str] = &["globalAdmins", "dapAdmins"];
const ADMINISTRATORS_AND_HELPDESK: &[&str] = &["globalAdmins", "dapAdmins", "helpdeskAdmins", "dapHelpdesk"];
const M: &[&str] = &["serviceAdmins"];
const ML: &[&str] = &["serviceAdmins", "siteLeads"];
const MLT: &[&str] = &["serviceAdmins", "siteLeads", "siteTechs"];
const MLP: &[&str] = &["serviceAdmins", "siteLeads", "primaryAdmins"];
const MP: &[&str] = &["serviceAdmins", "primaryAdmins"];
const MLTP: &[&str] = &["serviceAdmins", "siteLeads", "siteTechs", "primaryAdmins"];

/// All of them.
pub const ACTIONS: [Action; 45] = [
    action("partner-center.request-relationship", Rule::Asks, &[]),
    action("partner-center.view-customer", Rule::Resells, &[]),
    action("partner-center.provision-service", Rule::Resells, &[]),
    action("partner-center.provision-subscription", Rule::Resells, &[]),
    action("partner-relationships.view", Rule::OwnAdministrator, &[]),
    action("partner-relationships.remove-dap", Rule::OwnAdministrator, &[]),
    action("directory.sign-in", Rule::Roles, ADMINISTRATORS_AND_HELPDESK),
    action("directory.manage", Rule::Roles, ADMINISTRATORS),
    action("directory.reset-password", Rule::Roles, ADMINISTRATORS_AND_HELPDESK),
    action("office365.sign-in", Rule::Roles, ADMINISTRATORS_AND_HELPDESK),
    action("office365.administer", Rule::Roles, ADMINISTRATORS),
    action("subscription.view", Rule::Roles, &["owners", "contributors", "readers"]),
    action("subscription.manage", Rule::Roles, &["owners", "contributors"]),
    action("subscription.remove-assignment", Rule::RolesOrOwnAdministrator, &["owners"]),
    action("autopilot.profile.create", Rule::Resells, &[]),
    action("autopilot.profile.update", Rule::Resells, &[]),
    action("autopilot.profile.delete", Rule::Resells, &[]),
    action("autopilot.profile.apply", Rule::Devices, &[]),
    action("autopilot.profile.unapply", Rule::Devices, &[]),
    action("autopilot.device.view", Rule::Resells, &[]),
    action("autopilot.device.manage", Rule::Devices, &[]),
    action("autopilot.device.remove", Rule::Devices, &[]),
    action("autopilot.device.add", Rule::Resells, &[]),
    action("teams-rooms.rooms.view", Rule::Rooms, MLTP),
    action("teams-rooms.rooms.modify", Rule::Rooms, MLTP),
    action("teams-rooms.rooms.reset-key", Rule::Rooms, M),
    action("teams-rooms.rooms.download-key", Rule::Rooms, MLT),
    action("teams-rooms.rooms.unenroll", Rule::Rooms, MLT),
    action("teams-rooms.rooms.create", Rule::Rooms, ML),
    action("teams-rooms.groups.view", Rule::Rooms, MLP),
    action("teams-rooms.groups.modify", Rule::Rooms, ML),
    action("teams-rooms.groups.create", Rule::Rooms, ML),
    action("teams-rooms.update-rings.view", Rule::Rooms, MLP),
    action("teams-rooms.update-rings.modify", Rule::Rooms, MLP),
    action("teams-rooms.reports.view", Rule::Rooms, MLP),
    action("teams-rooms.reports.create-customer-incident", Rule::Rooms, MLTP),
    action("teams-rooms.tickets.view", Rule::Rooms, MLTP),
    action("teams-rooms.tickets.update", Rule::Rooms, MLTP),
    action("teams-rooms.settings.view", Rule::Rooms, M),
    action("teams-rooms.settings.modify", Rule::Rooms, M),
    action("teams-rooms.roles.view", Rule::Rooms, MP),
    action("teams-rooms.roles.modify", Rule::Rooms, MP),
    action("teams-rooms.invite-partner", Rule::OwnRooms, &[]),
    action("teams-rooms.assign-rooms", Rule::OwnRooms, &[]),
    action("teams-rooms.remove-partner", Rule::OwnRooms, &[]),
];

impl Action {
    /// The kinds of resource that it stands on.
    pub fn kinds(&self) -> &'static [&'static str] {
        match (self.rule, self.name) {
            (Rule::Rooms, _) => &["customer", "site", "room"],
            (Rule::Devices, _) | (_, "autopilot.device.view") => &["device"],
            (_, "autopilot.profile.create" | "autopilot.profile.update" | "autopilot.profile.delete") => &["customer", "profile"],
            _ if self.name.starts_with("subscription.") => &["subscription"],
            _ => &["customer"],
        }
    }

    /// The groups of actions in which it lies: one for each rule and each role.
    pub fn groups(&self) -> Vec<&'static str> {
        let by_rule: &[&str] = match self.rule {
            Rule::Asks => &["for-agents"],
            Rule::Resells => &["for-resellers"],
            Rule::Devices => &["for-resellers-by-device"],
            Rule::OwnAdministrator | Rule::RolesOrOwnAdministrator => &["for-own-administrators"],
            Rule::Roles => &[],
            Rule::Rooms => &["teams-rooms"],
            Rule::OwnRooms => &["teams-rooms", "for-own-service-administrators"],
        };
        by_rule.iter().chain(self.roles).copied().collect()
    }
}

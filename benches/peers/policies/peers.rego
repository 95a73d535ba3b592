# The shipped pack at one date, default toggles, as Rego, with one entry point. What an action asks is looked up by its name;
# users and resources are looked up by their ids, and whatever stands nearby is there to be read: a user's partner, a resource's
# customer, sets of holders, the groups that someone is in at any depth.
package peers

import rego.v1

default allow := false

user := data.world.user[input.subject]

resource := data.world[input.kind][input.resource]

asked := data.actions[input.action]

# partner-asks
allow if {
	asked.rule == "asks"
	agent
}

# partner-serves-customer, partner-manages-profiles, partner-adds-devices, partner-views-devices
allow if {
	asked.rule == "resells"
	user.partner.id in resource.customer.resellers
	agent
}

# partner-manages-devices; barred by customer-devices-barred, customer-devices-stay
allow if {
	asked.rule == "devices"
	resource.addedBy == "partner"
	user.partner.id in resource.customer.resellers
	agent
}

# customer-sees-its-partners, customer-removes-dap, customer-removes-assignments
allow if {
	asked.own
	user.customer.id == resource.customer.id
	own_administrator
}

# Roles that stand outside Teams Rooms.
allow if {
	asked.rule == "roles"
	granted
}

# Table 1; barred by rooms-not-delegated
allow if {
	asked.rule == "rooms"
	granted
	reached
}

# administrator-invites-partner, administrator-assigns-rooms, administrator-removes-partner
allow if {
	asked.rule == "own-rooms"
	user.customer.id == resource.customer.id
	some holder in resource.serviceAdmins
	holder in user.is
}

granted if {
	some role in asked.roles
	some holder in resource[role]
	holder in user.is
}

reached if user.customer.id == resource.customer.id

reached if user.partner.id in resource.delegated

agent if user.partner.adminAgents in user.is

agent if user.partner.salesAgents in user.is

own_administrator if {
	some holder in resource.customer.globalAdmins
	holder in user.is
}

own_administrator if {
	some holder in resource.customer.dapAdmins
	holder in user.is
}

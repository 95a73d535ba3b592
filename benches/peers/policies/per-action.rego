# As `peers.rego`, with an entry point for each action: this is what they share. The rules of each action are made from the table of
# actions (see `rego.rs`), with its roles written out and its kind of resource looked up directly.
package peers

import rego.v1

user := data.world.user[input.subject]

agent if user.partner.adminAgents in user.is

agent if user.partner.salesAgents in user.is

# Asked only of the user's own customer.
own_administrator if {
	some holder in user.customer.globalAdmins
	holder in user.is
}

own_administrator if {
	some holder in user.customer.dapAdmins
	holder in user.is
}

# The bar of rooms-not-delegated, turned round.
reached if user.customer.id == customer_or_site_or_room.customer.id

reached if user.partner.id in customer_or_site_or_room.delegated

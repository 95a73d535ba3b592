//! The worlds of the shipped pack and of the library load without diagnostics.

use super::{open, policy};

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../", $path)))
    };
}

#[test]
fn worlds_of_the_shipped_pack_have_no_diagnostics() {
    let pack = policy(&[
        file!("policies/autopilot.toml"),
        file!("policies/delegated-admin.toml"),
        file!("policies/documents.toml"),
        file!("policies/entra-roles.toml"),
        file!("policies/gdap.toml"),
        file!("policies/relationships.toml"),
        file!("policies/schema.toml"),
        file!("policies/subscriptions.toml"),
        file!("policies/teams-rooms.toml"),
    ]);
    for (name, text) in [
        file!("fixtures/worlds/breached-partner.toml"),
        file!("fixtures/worlds/breached-partner-partial.toml"),
        file!("fixtures/worlds/dap-removed.toml"),
        file!("fixtures/worlds/rooms-three-continents.toml"),
    ] {
        assert_eq!(open(&pack, &[text]).2, [], "{name}");
    }
}

#[test]
fn the_world_of_the_library_has_no_diagnostics() {
    let pack = policy(&[
        file!("fixtures/packs/library/desk.toml"),
        file!("fixtures/packs/library/events.toml"),
        file!("fixtures/packs/library/house-rules.toml"),
        file!("fixtures/packs/library/schema.toml"),
    ]);
    let (_, text) = file!("fixtures/packs/library-world.toml");
    assert_eq!(open(&pack, &[text]).2, []);
}

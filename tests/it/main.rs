//! Tests of the whole program: one binary, a module a concern.
//!
//! `generator`, `harness` and `reference` serve the laws, `support` serves the tests of shipped packs and worlds.
#![allow(clippy::disallowed_methods, reason = "tests read and write files of their own")]

mod access;
mod access_laws;
mod agreement;
mod alike;
mod batch;
mod between_laws;
mod big_input;
mod blast_radius;
mod cases;
mod cli;
mod completions;
mod corners;
mod crafted;
mod dates;
mod diagnostics;
mod diff;
mod diff_laws;
mod docs;
mod doors;
mod drawings;
mod elements;
mod explanations;
mod field;
mod field_how_to;
mod fuzz;
mod gdap;
mod generator;
mod generator_worlds;
mod graph;
#[path = "../../benches/worlds/hard.rs"]
mod hard;
mod harness;
mod how_to;
mod how_to_laws;
mod how_to_sets;
mod how_to_wording;
mod import;
mod invariants;
#[allow(dead_code, reason = "shared with the example that generates worlds")]
#[path = "../../examples/generate/landscape/mod.rs"]
mod landscape;
mod language;
mod laws;
mod layers;
mod layout;
mod life_cycle;
mod limits;
mod list_laws;
mod lists;
mod messages;
mod models;
mod names;
mod notes;
mod notices;
mod operands;
mod pack;
mod pack_advice;
mod packed;
mod pages;
mod past;
mod questions;
mod readme;
mod reference;
mod replay;
mod replay_laws;
mod roles;
mod rooms_page;
mod sarif;
mod security;
mod sets;
mod short_forms;
mod shuffle;
mod suite_coverage;
mod suites;
mod support;
mod switched_off;
mod table_one;
mod through;
mod toggles;
mod unknown;
mod updates;
mod verify_laws;
mod world_laws;

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| delegraph_fuzz::targets::suite(input));

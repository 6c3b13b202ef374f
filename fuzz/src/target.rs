// The decoder that the program is named after.
libfuzzer_sys::fuzz_target!(init: {
    let name = env!("CARGO_BIN_NAME");
    let found = decoders::DECODERS.iter().find(|(decoder, _)| *decoder == name);
    let _ = DECODE.set(found.expect("tests/decoders/mod.rs has one of that name").1);
}, |bytes: &[u8]| if let Some(decode) = DECODE.get() { decode(bytes) });

static DECODE: std::sync::OnceLock<fn(&[u8])> = std::sync::OnceLock::new();

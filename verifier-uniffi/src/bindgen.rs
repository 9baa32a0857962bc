//! Writes the bindings from the library, in the version of uniffi that the library was built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}

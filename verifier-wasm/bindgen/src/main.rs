//! `kettle-wasm-bindgen MODULE FOLDER [--names]`: writes the JavaScript of a module. As a program of this
//! workspace it has the library's version by construction, and nothing needs to be installed. `--names`
//! keeps the names of the functions, for profilers and for what weighs them.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (module, folder, names) = match arguments.as_slice() {
        [module, folder] => (module, folder, false),
        [module, folder, names] if names == "--names" => (module, folder, true),
        _ => {
            eprintln!("usage: kettle-wasm-bindgen MODULE FOLDER [--names]");
            return ExitCode::from(2);
        }
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("kettle_verify").typescript(true);
    bindgen.remove_name_section(!names).remove_producers_section(true);
    match bindgen.web(true).and_then(|web| web.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

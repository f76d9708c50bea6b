//! Prints the description of the HTTP API; `cargo xtask openapi` writes it to `crates/api/openapi.json`.

fn main() {
    print!("{}", consentry_api::openapi::generate());
}

//! Prints the TypeScript mirror of the wire format; `cargo xtask wire` writes it to `www/gate/src/wire.ts`.

fn main() {
    print!("{}", consentry_api::wire::typescript());
}

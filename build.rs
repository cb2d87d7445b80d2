//! Says when the web pages are not there to be embedded: the build works without Node.js, the pages don't.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=web/dist/manifest.json");
    if !Path::new("web/dist/manifest.json").exists() {
        println!(
            "cargo::warning=the web pages are left out: `make pages` builds them, with Node.js 20.19 or newer"
        );
    }
}

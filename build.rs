//! Gives the shared library the name that programs record when they are linked to it.
//!
//! The number is `ASCRIBE_ABI_VERSION`: a library with another one is another library to the loader.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match system.as_str() {
        "linux" | "freebsd" | "netbsd" | "openbsd" | "dragonfly" | "android" | "illumos" | "solaris" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libascribe.so.0");
        }
        "macos" => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libascribe.0.dylib"),
        _ => {}
    }
}

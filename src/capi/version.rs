//! Which library this is.

use core::ffi::c_char;

/// The number of the binary interface: programs and libraries with different numbers must not be used together. It is also
/// the number in the shared library's name.
pub const ASCRIBE_ABI_VERSION: u32 = 0;
/// The major version of this header.
pub const ASCRIBE_VERSION_MAJOR: u32 = 0;
/// The minor version of this header.
pub const ASCRIBE_VERSION_MINOR: u32 = 1;
/// The patch version of this header.
pub const ASCRIBE_VERSION_PATCH: u32 = 0;

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");

/// Returns the version of the loaded library, for example "0.1.0".
/// May be called from any thread at the same time.
///
/// @return a text that is always valid
#[unsafe(no_mangle)]
pub extern "C" fn ascribe_version() -> *const c_char {
    VERSION.as_ptr().cast()
}

/// Returns the number of the loaded library's binary interface, to be compared with ASCRIBE_ABI_VERSION.
/// May be called from any thread at the same time.
///
/// @return the number
#[unsafe(no_mangle)]
pub extern "C" fn ascribe_abi_version() -> u32 {
    ASCRIBE_ABI_VERSION
}

//! Folders of named arrays.

# `make help` lists the targets. `make test` is the whole check, here and in .ci/run alike.

CARGO_DENY_VERSION := 0.20.2

headline = @printf '\n==> %s\n' '$(1)'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help test bench fmt lint doc deny demo tools fmt-check cargo-test minimal symbols
.PHONY: reference

help:
	@echo 'make test   every check there is, in order, up to the first that fails; installs the tools first'
	@echo 'make bench  run the benchmarks'
	@echo 'make demo   run the demonstration'
	@echo 'make fmt    format the sources'
	@echo 'make lint   clippy, with all features and with none'
	@echo 'make doc    build the documentation, warnings are errors'
	@echo 'make reference   the C and C++ reference with its pages, in target/reference; needs doxygen'
	@echo 'make deny   licences, bans and sources of the dependencies'
	@echo 'make tools  install what the checks need beyond a Rust toolchain: cargo-deny'

test: tools fmt-check lint doc cargo-test minimal symbols deny
	$(call headline,All checks passed)

bench:
	cargo bench --locked

demo:
	cargo run --locked --release -- demo

fmt:
	cargo fmt

# Unoptimised it compiles in about a minute on two cores, and the tree here is small.
tools:
	cargo deny --version 2>/dev/null | grep -qxF 'cargo-deny $(CARGO_DENY_VERSION)' || \
	CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false \
	cargo install --locked --version $(CARGO_DENY_VERSION) cargo-deny

fmt-check:
	$(call headline,Format)
	cargo fmt --check

lint:
	$(call headline,Clippy with all features)
	cargo clippy --locked --all-targets --all-features -- -D warnings
	$(call headline,Clippy without default features)
	cargo clippy --locked --all-targets --no-default-features -- -D warnings

doc:
	$(call headline,Documentation)
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --all-features

cargo-test:
	$(call headline,Tests)
	cargo test --locked --all-features

# Without the tests: their dependencies may switch on features that the library forgot to ask for.
minimal:
	$(call headline,Library without default features)
	cargo check --locked --lib --no-default-features

symbols:
	$(call headline,Exported symbols)
	.ci/exported_symbols.sh

# The advisory database cannot be fetched where this runs; see deny.toml.
deny:
	$(call headline,Licences and sources of the dependencies)
	cargo deny --locked check --hide-inclusion-graph licenses bans sources

# The C++ headers are in it where they are. Doxygen writes nothing into a folder that is not there.
reference:
	@mkdir -p target/reference
	@{ cat docs/Doxyfile; [ ! -d bindings/cpp/include ] || echo 'INPUT += bindings/cpp/include'; } | doxygen -
	@echo 'target/reference/index.html'

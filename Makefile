# `make help` lists the targets. `make test` is the whole check, here and in .ci/run alike.

# Where `cargo install` puts its programs, should it not be searched yet.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

headline = @printf '\n==> %s\n' '$(1)'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help test bench fmt lint doc deny demo setup fmt-check cargo-test symbols
.PHONY: ship-ahead reference build install uninstall install-check sanitize abi wheel wheel-check

# Where things are installed: folders below PREFIX, which packagers put below DESTDIR.
PREFIX ?= /usr/local
LIBDIR ?= lib
INCLUDEDIR ?= include
BINDIR ?= bin
export PREFIX LIBDIR INCLUDEDIR BINDIR DESTDIR STRIP

help:
	@echo 'make test   every check there is, in order, up to the first that fails; begins with `make setup`'
	@echo 'make bench  run the benchmarks'
	@echo 'make demo   run the demonstration'
	@echo 'make fmt    format the sources'
	@echo 'make lint   clippy, with all features, and of the library with none'
	@echo 'make doc    build the documentation, warnings are errors'
	@echo 'make reference   the C and C++ reference with its pages, in target/reference; needs doxygen'
	@echo 'make deny   licenses, bans and sources of the dependencies'
	@echo 'make build  the shared library and the program, as they are shipped'
	@echo 'make install PREFIX=/usr/local   these, the headers, and what CMake and pkg-config need; also DESTDIR, LIBDIR,'
	@echo '            INCLUDEDIR, BINDIR; NO_BUILD=1 takes what `make build` has built (as root, without cargo)'
	@echo 'make uninstall PREFIX=/usr/local what `make install` has put there'
	@echo 'make install-check   install to a temporary prefix and build strangers'\'' projects against it'
	@echo 'make wheel  a wheel for Python that carries the library, in target/wheel; ASCRIBE_PYTHON names another python3'
	@echo 'make wheel-check     build it, install it into an empty environment, and run what the first pages show'
	@echo 'make abi    compare the binary interface with the one that is kept; BLESS=1 keeps another'
	@echo 'make sanitize   the C and C++ tests under the address, undefined-behavior and thread sanitizers'
	@echo 'make setup  install what the checks need beyond a Rust toolchain, as root or with sudo; otherwise list it'

test: setup fmt-check ship-ahead lint doc reference cargo-test install-check symbols wheel-check abi deny
	$(call headline,All checks passed)

bench:
	cargo bench --locked

demo:
	cargo run --locked --release -- demo

fmt:
	cargo fmt

setup:
	@.ci/setup.sh

fmt-check:
	$(call headline,Format)
	cargo fmt --check

# The second without the tests: their dependencies may switch on features that the library forgot to ask for.
lint:
	$(call headline,Clippy with all features)
	cargo clippy --locked --all-targets --all-features -- -D warnings
	$(call headline,Clippy of the library without default features)
	cargo clippy --locked --lib --no-default-features -- -D warnings

doc:
	$(call headline,Documentation)
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --all-features

cargo-test:
	$(call headline,Tests)
	cargo test --locked --all-features

# What is shipped is one long compilation on one core: it goes on beside the checks that leave a core idle. What needs it later waits for it
# by cargo's lock, and tells what is wrong should it fail.
ship-ahead:
	@mkdir -p $(SHIP)
	@bindings/cpp/build.sh $(SHIP) </dev/null >$(SHIP)/ahead.log 2>&1 &

# The library that `make install` copies, so that it is built once.
symbols:
	$(call headline,Exported symbols of the shared library as it is shipped)
	bindings/cpp/build.sh $(SHIP) library
	ASCRIBE_LIBRARY="$(abspath $(SHIP))/libascribe.so" cargo test --locked --all-features --test native exports

# The advisory database cannot be fetched where this runs; see deny.toml.
deny:
	$(call headline,Licenses and sources of the dependencies)
	cargo deny --locked check --hide-inclusion-graph licenses bans sources

# Doxygen writes nothing into a folder that is not there.
reference:
	$(call headline,Reference of C and C++)
	@mkdir -p target/reference
	@doxygen docs/Doxyfile
	@echo 'target/reference/index.html'

# What is shipped lies here between building and installing.
SHIP ?= $(or $(CARGO_TARGET_DIR),target)/ship

build:
	bindings/cpp/build.sh $(SHIP)

# For Python, with the library that `make install` copies.
WHEEL ?= $(or $(CARGO_TARGET_DIR),target)/wheel

wheel:
	bindings/cpp/build.sh $(SHIP) library
	bindings/python/build.sh $(WHEEL) $(SHIP)/libascribe.so

wheel-check:
	$(call headline,Wheel for Python)
	.ci/check_wheel.sh

install: $(if $(NO_BUILD),,build)
	bindings/cpp/install.sh install $(SHIP)

uninstall:
	bindings/cpp/install.sh uninstall

install-check:
	$(call headline,Installation)
	.ci/check_install.sh

sanitize:
	$(call headline,Sanitizers)
	.ci/sanitize.sh

abi:
	$(call headline,Binary interface)
	.ci/check_abi.sh

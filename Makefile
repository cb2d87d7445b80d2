# Everything a newcomer needs. All targets use the dev profile, so `make run` and `make test` share one set
# of compiled dependencies.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run pages test chaos schema lint

# Where cargo builds; set CARGO_TARGET_DIR to build elsewhere.
export CARGO_TARGET_DIR ?= target

# Tests mostly wait for their database: on few processors, more of them at once than there are processors.
export RUST_TEST_THREADS ?= $(shell processors=$$(nproc 2>/dev/null || echo 2); echo $$((processors > 4 ? processors : 4)))

# What this is and what can be done with it.
help:
	@echo 'make run      install what is missing, build, and serve the demo network'
	@echo 'make pages    build the web pages alone, where something of them has changed'
	@echo 'make test     install what is missing, and run every test there is'
	@echo 'make chaos    two servers and their database, broken again and again for minutes; SEED=... repeats a run'
	@echo 'make schema   write schema.graphql from the code'
	@echo 'make lint     check format and run clippy, warnings denied'

# From a bare machine to a shop that sells. The first build takes minutes, later ones seconds.
run:
	@scripts/setup
	@echo 'building (the first time takes some minutes)'
	@scripts/pages & pages=$$!; cargo build --locked; wait $$pages
	@exec "$$CARGO_TARGET_DIR/debug/cardamom" serve --demo

# What the program embeds; it is built without them too.
pages:
	@scripts/pages

# Every test, each against a real PostgreSQL of its own. The last line says whether all of them passed.
test:
	@scripts/test

# Ten minutes at most, once it is built. The seed is printed first; docs/testing.md says how to read the rest.
chaos:
	@scripts/setup test
	@CARDAMOM_CHAOS_SEED="$(SEED)" CARDAMOM_CHAOS_SECONDS=340 \
	  cargo test --locked --quiet --test chaos -- --nocapture --exact \
	  nothing_is_lost_and_nothing_is_done_twice_while_everything_breaks

# Clients and the conformance checks read this file; a check fails when it is behind the code.
schema:
	@cargo run --locked --quiet -- schema > schema.graphql.new || { rm -f schema.graphql.new; exit 1; }
	@mv schema.graphql.new schema.graphql
	@echo 'schema.graphql is up to date'

# What .ci/run checks before it runs the tests.
lint:
	@cargo fmt --check
	@cargo clippy --locked --all-targets -- -D warnings

# Keyjar's commands. `make help` lists them. Each installs what it needs and is missing (scripts/install.sh).

PORT ?= 8080
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/node_modules/.bin:$(CURDIR)/.venv/bin:$(PATH)
.DEFAULT_GOAL := help

# What the page is made of: if none of it is newer than the last build, dist/ is served as it is.
SOURCES := $(shell find src style public scripts .cargo) \
	index.html Trunk.toml Cargo.toml Cargo.lock rust-toolchain.toml package-lock.json
BUILT := target/release-page.stamp

## serve: build the release page if something changed, and serve it on http://127.0.0.1:$(PORT)/ (PORT=8080)
.PHONY: serve
serve: dist
	@node scripts/serve.mjs dist $(PORT)

## dist: leave the site, ready to deploy, in dist/
.PHONY: dist
dist: $(BUILT)

$(BUILT): $(SOURCES) dist/index.html | page-tools
	@echo "dist: building the release page with Trunk"
	@scripts/rust.sh wasm cargo fetch --locked || { echo "dist: cargo fetch failed: are the crates of Cargo.lock within reach?" >&2; exit 1; }
	@scripts/rust.sh wasm trunk build --release || { echo "dist: trunk build failed; the lines above say where" >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

# Not here, or written by another build since: then the rule above runs.
dist/index.html: ;

## dev: build the page unoptimised, quickly, into target/dev, and serve that
.PHONY: dev
dev: page-tools
	@scripts/rust.sh wasm cargo fetch --locked
	@scripts/rust.sh wasm trunk build --dist target/dev
	@node scripts/serve.mjs target/dev $(PORT)

## test: every test: the engine natively, its peers, and the release page in a browser
.PHONY: test
test: test-native test-browser

.PHONY: test-native
test-native:
	@scripts/install.sh rust node python debian-peers
	@echo "test: the engine, natively"
	@scripts/rust.sh native cargo test --locked

## test-peers: the frameworks and libraries that the engine is tested with (part of `make test`)
.PHONY: test-peers
test-peers:
	@scripts/install.sh rust node python debian-peers
	@echo "test-peers: real frameworks, and what they and the engine make of each other's values"
	@scripts/rust.sh native cargo test --locked --test peers

.PHONY: test-browser
test-browser: dist
	@scripts/install.sh chromium
	@echo "test: the release page, in Chromium"
	@CHROMIUM=$${CHROMIUM:-$$(command -v chromium)} node --test --test-concurrency=1 tests/e2e/*.test.mjs

## check: format, clippy, documentation, licences and sources of dependencies
.PHONY: check
check:
	@scripts/install.sh rust cargo-deny
	@scripts/check.sh

## bench: how fast the engine is, natively (Criterion), and the page, in a browser
.PHONY: bench
bench: dist
	@scripts/install.sh rust chromium
	@scripts/rust.sh native cargo bench --locked --bench '*'
	@CHROMIUM=$${CHROMIUM:-$$(command -v chromium)} node --test tests/e2e/speed.bench.mjs

## weigh: the bytes that the first view loads, against their limits
.PHONY: weigh
weigh: dist
	@node scripts/weigh.mjs dist

## weigh-families: what each family of schemes adds to the engine; builds it ten times, so it takes minutes
.PHONY: weigh-families
weigh-families: page-tools
	@scripts/rust.sh wasm cargo fetch --locked
	@node scripts/weigh-families.mjs

## setup: install all that the commands need, and nothing else
.PHONY: setup
setup:
	@scripts/install.sh rust trunk wasm-bindgen node python debian-peers cargo-deny chromium

.PHONY: page-tools
page-tools:
	@scripts/install.sh rust trunk wasm-bindgen node

## help: this list
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' Makefile | expand -t 12

# The commands of the project. Everything is installed below this folder: .venv (Python) and web/node_modules.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .stamps
# Where Python may not keep what it compiled, each of the many processes of a test run compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
UV := UV_PYTHON_DOWNLOADS=never UV_PYTHON=$(BIN)/python $(BIN)/uv
NPM := $(BIN)/python hatch_build.py
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

# Options of `make run` and `make dev`; each is handed to `kyoo serve` when it is set.
LIBRARY ?=
DATA ?=
HOST ?=
PORT ?=
URL ?=
# Of tests: one a core. More of them play films beside each other than the machine can.
PROCESSES ?= auto
quote = '$(subst ','\'',$(1))'
given = $(if $(2),$(1)=$(call quote,$(2)))
OPTIONS = $(call given,KYOO_LIBRARY,$(LIBRARY)) $(call given,KYOO_DATA_DIR,$(DATA)) $(call given,KYOO_HOST,$(HOST)) \
          $(call given,KYOO_PORT,$(PORT)) $(call given,KYOO_PUBLIC_URL,$(URL))

.PHONY: help run demo dev web dist check format test test-all matrix tables types bench screenshots clean
.DEFAULT_GOAL := help

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: $(STAMPS)/run $(STAMPS)/web ## run the server: make run LIBRARY=/path/to/videos (also DATA, HOST, PORT, URL)
	@exec env $(OPTIONS) $(BIN)/kyoo serve

demo: $(STAMPS)/run $(STAMPS)/web ## run a server with an invented library, to look around
	@exec $(BIN)/kyoo demo

dev: $(STAMPS)/dev $(STAMPS)/modules ## run the server and the pages, both reloaded on change (pages on port 5173)
	@$(NPM) run dev & pages=$$!; trap 'kill $$pages' EXIT; \
	 env $(OPTIONS) $(BIN)/watchfiles --filter python --sigint-timeout 20 '$(BIN)/kyoo serve' src

web: $(STAMPS)/web ## build the pages

dist: $(STAMPS)/dev $(STAMPS)/modules ## build the wheel, and beside it what is in it (CycloneDX)
	$(UV) build --quiet --wheel
	$(UV) export --quiet --frozen --no-default-groups --all-extras --no-emit-project --preview-features sbom-export \
	  --format cyclonedx1.5 --output-file dist/python.cdx.json
	$(NPM) sbom --sbom-format cyclonedx --omit dev > dist/web.cdx.json

check: $(STAMPS)/dev $(STAMPS)/modules ## formats, lints, strict types, import rules, wire types, advisories; Python and web
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run check
	$(BIN)/python -m tests.wire_types --check
	$(BIN)/python -m tests.advisories

format: $(STAMPS)/dev ## format the Python code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: $(STAMPS)/dev $(STAMPS)/web ## every test; installs a Chromium, nginx and Caddy when there are none
	$(NPM) test
	$(BIN)/python -m tests.e2e.chromium
	$(BIN)/python -m tests.gateways.install
	$(BIN)/python -m tests.older_postgres
	$(BIN)/pytest --numprocesses=$(PROCESSES) --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGS)

test-all: override ARGS += -m "not matrix"
test-all: test ## the same, and what is exhaustive rather than telling

# What plays wrong is in the table as well.
matrix: $(STAMPS)/dev $(STAMPS)/web ## every awkward file in every player that is installed; writes docs/developing/playing.md
	$(BIN)/python -m tests.e2e.chromium
	@rm -f $(STAMPS)/matrix.xml
	@$(BIN)/pytest --numprocesses=$(PROCESSES) --maxprocesses=4 --dist=loadfile --no-loadscope-reorder -m "" \
	   --junitxml=$(STAMPS)/matrix.xml tests/playing $(ARGS); ended=$$?; \
	 $(BIN)/python -m tests.playing.table $(STAMPS)/matrix.xml && exit $$ended

tables: $(STAMPS)/dev ## write schema/tables.sql of each service anew
	$(BIN)/python -m tests.tables

types: $(STAMPS)/dev $(STAMPS)/modules ## write the wire types of the pages anew
	$(BIN)/python -m tests.wire_types

bench: $(STAMPS)/dev ## the benchmarks that fill bench/RESULTS.md
	$(BIN)/python -m bench

screenshots: $(STAMPS)/dev $(STAMPS)/web ## the pictures of the README
	$(BIN)/python -m tests.e2e.screenshots

clean: ## remove what was installed and built
	rm -rf .venv $(STAMPS) web/node_modules web/dist src/kyoo/serve/static

$(BIN)/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv

$(STAMPS)/run: pyproject.toml uv.lock hatch_build.py | $(BIN)/uv
	$(UV) sync --quiet --frozen --inexact --no-default-groups --group web
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: pyproject.toml uv.lock hatch_build.py | $(BIN)/uv
	$(UV) sync --quiet --frozen
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

$(STAMPS)/modules: web/package-lock.json web/package.json | $(STAMPS)/run
	$(NPM) ci --no-audit --no-fund
	@touch $@

$(STAMPS)/web: $(WEB_SOURCES) hatch_build.py | $(STAMPS)/run
	$(BIN)/python hatch_build.py
	@touch $@ $(STAMPS)/modules

# Ringback. `make run` sets up everything and starts it; `make help` lists every target.
# Steps leave a stamp in .venv and are done again only when what they depend on has changed.

SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RINGBACK := $(BIN)/ringback
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
WORKERS ?= 5
SPEAK ?= en
ARGS ?=
CONFIG := $(if $(wildcard ringback.yaml),--config ringback.yaml,)
export PIP_ROOT_USER_ACTION := ignore
export PYTHONUNBUFFERED := 1
# Whoever forbids compiled files has each of some hundred starts compile all that we are.
export PYTHONDONTWRITEBYTECODE :=

# Five files of tests at a time, whatever the cores: live tests mostly wait. WORKERS=0: one after another.
SIDE_BY_SIDE := $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadfile --no-loadscope-reorder)

.DEFAULT_GOAL := help
.PHONY: help run prepare test test-rt check format demo bench voices hear-prompts lock clean distclean

help: ## Lists every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: prepare ## Sets up everything, starts it, prints how to use it; Ctrl-C stops it
	@$(RINGBACK) init --first
	@exec $(RINGBACK) run $(CONFIG) $(ARGS)

prepare: $(VENV)/.run web-parts mmdebstrap ## Sets up everything that `make run` needs, and starts nothing
	@$(RINGBACK) prepare $(CONFIG)

test: $(VENV)/.dev prepare test-packages voices ## Sets up what tests need besides, then runs all tests, and the checks beside them
	@said=$$(mktemp); trap 'rm -f "$$said"' EXIT; status=0; \
	  $(if $(ARGS),,echo "pytest, what needs the machine to itself"; $(BIN)/pytest -m alone tests/live || status=1;) \
	  $(MAKE) --no-print-directory check > "$$said" 2>&1 & checks=$$!; \
	  echo "pytest"; $(BIN)/pytest $(SIDE_BY_SIDE) --durations=15 $(or $(ARGS),-m "not alone") || status=1; \
	  wait $$checks || status=1; cat "$$said"; exit $$status

test-rt: $(VENV)/.dev ## Tries the connector of Request Tracker on the real one (brings it, 470 MB); not part of `make test`
	@tools/need "command -v mmdebstrap" mmdebstrap "it brings Request Tracker 5 beside the system"
	@$(BIN)/pytest tests/beside $(ARGS)

check: $(VENV)/.dev ## Style, types and the rules of the rooms
	@status=0; for check in "ruff check ." "ruff format --check ." mypy lint-imports; do \
	  echo "$$check"; $(BIN)/$$check || status=1; done; exit $$status

format: $(VENV)/.dev ## Formats the code and mends what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: prepare ## Places one whole call with scripted phones and prints it as JSON; SPEAK=ru for Russian
	@$(RINGBACK) demo --speak $(SPEAK)

bench: $(VENV)/.dev prepare test-packages ## Measures Ringback beside its peers; writes bench/results/
	@$(BIN)/python -m bench $(ARGS)

voices: $(VENV)/.run ## Installs the voices that speak words, English and Russian
	@tools/need "command -v mmdebstrap" mmdebstrap "it brings the Russian voice beside the system"
	@$(RINGBACK) voices install $(CONFIG) en ru

hear-prompts: $(VENV)/.dev ## Writes down what a recogniser hears in prompts that changed; ARGS=--all for every prompt
	@$(BIN)/python -m tests.support.heard_prompts $(ARGS)

lock: ## Writes the lock files with hashes from pyproject.toml; ARGS=--upgrade for newer versions
	@test -x .lock/bin/uv || { $(PYTHON) -m venv .lock && .lock/bin/python -m pip install --quiet uv; }
	$(call compile,requirements.lock)
	$(call compile,requirements-dev.lock,--extra dev -c requirements.lock)
	$(call compile,requirements-voices.lock,--extra voices -c requirements.lock)
	$(call compile,requirements-s3.lock,--extra s3 -c requirements.lock)
	$(call compile,requirements-node.lock,--extra node -c requirements.lock)

define compile
.lock/bin/uv pip compile --quiet --generate-hashes --no-header --python-version 3.11 $(ARGS) $(2) -o $(1) pyproject.toml
endef

clean: ## Removes what was built; data in var/ stays
	rm -rf $(VENV) .lock .node node_modules web/static/vendor ringback.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

distclean: clean ## Removes everything, calls and recordings in var/ as well
	rm -rf var

# -- steps ---------------------------------------------------------------------------------------------

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Ringback needs Python 3.11 or newer: set PYTHON=..." >&2; exit 1; }
	@tools/need "$(PYTHON) -c 'import ensurepip, venv'" python3-venv "Python's own virtual environments"
	@echo "Python: making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock tools/link.py | $(BIN)/python
	@echo "Python: installing the locked versions (about 200 MB the first time)"
	@$(call install,requirements.lock)
	@$(BIN)/python tools/link.py
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Python: installing the locked versions that tests need"
	@$(call install,requirements-dev.lock)
	@touch $@

# Installs a lock file with its hashes, telling how far it is.
define install
set -o pipefail; $(PIP) install --progress-bar off --require-hashes -r $(1) \
  | awk -v all=$$(grep -c '^[A-Za-z0-9].*==' $(1)) '/^Collecting/ {printf "  %d of %d: %s\n", ++n, all, $$2; fflush()} \
    /^Installing/ {print "  unpacking"; fflush()}'
endef

.PHONY: web-parts mmdebstrap test-packages
web-parts: $(VENV)/.run
	@$(BIN)/python -m web.build_assets

mmdebstrap: $(VENV)/.run
	@tools/need "$(RINGBACK) has-asterisk $(CONFIG) || command -v mmdebstrap" mmdebstrap \
	  "it brings Asterisk 22, which Debian 12 has not, beside the system; not needed with an Asterisk 20+ of your own"

test-packages:
	@tools/need "command -v sipp" sip-tester "SIP callers by the dozen"
	@tools/need "command -v chromium || command -v chromium-browser" chromium "the browser that opens the pages"
	@tools/need "test -x /usr/sbin/nginx || command -v nginx" nginx-light "the pages are tried behind it"
	@tools/need "command -v caddy" caddy "the pages are tried behind it"
	@tools/need "test -d /usr/share/asterisk/sounds/fr_CA_f_June" asterisk-core-sounds-fr-wav "a language is made of them"
	@tools/need "test -x /usr/sbin/dovecot" dovecot-imapd "customers' answers are read from a real mailbox"
	@tools/need "ls /usr/lib/postgresql/*/bin/initdb" postgresql "the store is tested on PostgreSQL too"

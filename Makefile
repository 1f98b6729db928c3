# Every target sets up what it needs, in .venv, from locks with hashes.
PYTHON ?= python3
BIN    := .venv/bin
VENDORS := tests/conformance/vendors
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run demo test conformance bench bench-trends check chaos quarter load fuzz sbom audit lock clean

run: .venv/.installed            ## install and serve on http://127.0.0.1:8000
	@$(BIN)/clarity serve

demo: .venv/.installed          ## the same with a simulated quarter, in a database of its own
	@$(BIN)/clarity demo

test: .venv/.installed-dev       ## run the tests
	@$(BIN)/python -m pytest $(ARGS)

conformance: .venv/.installed-dev $(VENDORS)/node_modules/.installed   ## hold what we send and accept against the vendors' schemas and code
	@$(BIN)/python -m pytest tests/conformance $(ARGS)

chaos: .venv/.installed-dev      ## 10,000 deliveries on each engine while everything fails; ARGS="--engine sqlite --seed 2"
	@$(BIN)/python -m tests.durability.chaos $(ARGS)

quarter: .venv/.installed-dev    ## 40 authors write 2,000 tickets in 13 weeks, and what must come of it does; a few minutes
	@$(BIN)/python -m tests.quarter $(ARGS)

load: .venv/.installed-dev       ## how fast it is on each engine, as ratios; wants a machine with nothing else to do
	@$(BIN)/python -m tests.durability.load $(ARGS)

check: .venv/.installed-dev      ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fuzz: .venv/.installed-dev       ## look for inputs that break a parser or the API; FUZZ=100 looks a hundred times as long
	@CLARITY_FUZZ=$(or $(FUZZ),30) HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest tests/fuzz $(ARGS)

sbom: .venv/.installed-dev       ## list every part, as CycloneDX, in sbom.json
	@$(BIN)/python -m cyclonedx_py requirements requirements.lock --output-reproducible --output-format JSON --output-file sbom.json

audit: .venv/.installed-dev      ## ask for known faults of the locked dependencies
	@$(BIN)/python .ci/audit

bench: .venv/.installed-dev      ## how fast it is, beside spaCy's own pipeline and other checkers of prose
	@! command -v npm >/dev/null || npm ci --prefix tests/bench/prose --loglevel error >/dev/null
	@env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench $(ARGS)

bench-trends: .venv/.installed-dev   ## how fast the trends are with a million tickets; takes some 20 minutes and 3 GB
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench.trends $(ARGS)

lock: .venv/.installed-dev       ## renew both locks from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) --group build --output-file requirements.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

LOCK := --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-emit-find-links --no-annotate --python-version 3.11

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ticket Clarity needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing Ticket Clarity into .venv (once; about a minute) …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing what the tests need …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

$(VENDORS)/node_modules/.installed: $(VENDORS)/package-lock.json
	@command -v npm >/dev/null || { echo "The vendors' code needs Node.js and npm. Install both, then try again."; exit 1; }
	@echo "Installing the vendors' code for the conformance tests …"
	@npm ci --prefix $(VENDORS) --loglevel error
	@touch $@

clean:                           ## remove the environments
	@rm -rf .venv $(VENDORS)/node_modules

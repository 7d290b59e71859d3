# `make run` runs the site, `make test` tests it: both set up what is missing.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV ?= .venv
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
T ?=
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
PO := $(wildcard fete/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
WORKERS ?= auto
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile

.PHONY: help run demo test test-fast test-sqlite test-postgres journeys fmt lint types imports templates migrations check bench i18n routes lock clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What runs the site; its stamp is older than that of what tests it.
$(RUNS): pyproject.toml constraints.txt
	@echo "Mise en place de l’environnement Python…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Il faut Python 3.11 ou plus récent : $$($(PYTHON) --version) trouvé."; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	  else echo "Il manque le module venv de Python : sous Debian ou Ubuntu, « sudo apt install python3-venv »."; exit 1; fi; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(READY): $(RUNS)
	@echo "Mise en place des outils de test…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

%.mo: %.po | $(RUNS)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

run: $(RUNS) $(MO) ## Set up what is missing, then run the site on this machine (HOST=, PORT=)
	@$(BIN)/fete start --host $(HOST) --port $(PORT)

demo: $(RUNS) $(MO) ## Fill an empty database with the demonstration editions
	@$(BIN)/fete settings init
	@$(BIN)/fete db upgrade
	@$(BIN)/fete reference load
	@$(BIN)/fete demo

test: test-sqlite test-postgres ## Set up what is missing, then run every test on SQLite and on PostgreSQL

test-sqlite: $(READY) $(MO) ## Run every test on SQLite, the browser's included
	@$(BIN)/python -m tests.provision chromium ical.js
	$(PYTEST) --cov --cov-report=term:skip-covered $(if $(T),,--cov-fail-under=95) $(T)

test-postgres: $(READY) $(MO) ## Run the same tests on a throw-away PostgreSQL, or on FETE_TEST_DATABASE
	@$(BIN)/python -m tests.provision chromium ical.js postgresql
	$(BIN)/python -m tests.provision with-postgresql $(PYTEST) $(T)

test-fast: $(READY) $(MO) ## Run on SQLite the tests that failed last time first, without a browser
	$(BIN)/pytest --failed-first --exitfirst --quiet -m "not journey" $(T)

journeys: $(READY) $(MO) ## Run the journeys in a browser
	@$(BIN)/python -m tests.provision chromium
	$(BIN)/pytest tests/journeys $(T)

fmt: $(READY) ## Write the code and the pages in their one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat fete/templates

lint: $(READY) ## Read the code without changing it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry .

types: $(READY) ## Check the types
	$(BIN)/mypy

imports: $(READY) ## Check who imports whom
	$(BIN)/lint-imports

templates: $(READY) ## Read the pages without changing them
	$(BIN)/djlint --quiet --lint fete/templates
	$(BIN)/djlint --quiet --check fete/templates

migrations: $(READY) $(MO) ## Check that the migrations and the models say the same
	@rm -f $(VENV)/migrations.sqlite*
	@FETE_MODE=test FETE_DATABASE=sqlite:///$(abspath $(VENV))/migrations.sqlite $(BIN)/fete db upgrade
	@FETE_MODE=test FETE_DATABASE=sqlite:///$(abspath $(VENV))/migrations.sqlite $(BIN)/fete db check
	@FETE_MODE=test FETE_DATABASE=sqlite:///$(abspath $(VENV))/migrations.sqlite $(BIN)/fete db downgrade base
	@rm -f $(VENV)/migrations.sqlite*

check: lint types imports templates migrations test ## Everything that a change must pass

bench: $(READY) $(MO) ## Measure, as ratios within one run
	$(BIN)/python -m benchmarks

i18n: $(READY) ## Gather the sentences and update the catalogues
	@$(BIN)/python -m tests.catalogues

routes: $(READY) ## Write the list of addresses anew
	$(BIN)/python -c "from pathlib import Path; from fete.app import create_app; from tests.architecture import test_routes as t; t.LIST.write_text('\n'.join(t.addresses(create_app(mode='test'))) + '\n', 'utf-8')"

lock: $(READY) ## Renew the pinned versions
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --upgrade --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file constraints.txt

clean: ## Remove what can be made again
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov $(MO)

# What a person does with quizsys, one word each. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes

CLIENTS := tests/clients/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo run worker test soak lint fmt bench lock audit clean

help: ## list these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

demo: $(VENV)/.ready ## set up, then turn a real lesson into a quiz through the HTTP API
	@$(BIN)/python deploy/demo.py

run: $(VENV)/.ready ## run the server at http://localhost:8000
	@$(BIN)/python server.py

worker: $(VENV)/.ready ## run jobs beside the server, from its queue
	@$(BIN)/python server.py worker

test: $(VENV)/.ready-dev $(CLIENTS) ## set up, then run every test
	@$(BIN)/python -m pytest --numprocesses logical --dist loadfile

soak: $(VENV)/.ready-dev ## the long tests, then ten minutes of mixed load and kills (two hours; SEED=n replays)
	@$(BIN)/python -m pytest -m soak && $(BIN)/python -m tests.faults.soak $(if $(SEED),--seed $(SEED))

lint: $(VENV)/.ready-dev ## check style, format and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fmt: $(VENV)/.ready-dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.ready-dev ## measure what the README claims (about half an hour)
	@$(BIN)/python -m benchmarks

lock: ## pin what setup.cfg asks for, with hashes (needs uv on the PATH)
	@$(PYTHON) deploy/lock.py

audit: ## look all pinned packages up among known vulnerabilities (asks the network)
	@$(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit
	@build/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt -r tests/requirements.txt

clean: ## remove what was installed and cached, never the storage
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build tests/clients/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { echo "Install the package python3-venv first."; exit 1; }

$(VENV)/.ready: requirements.txt | $(VENV)/bin/python
	@echo "Installing what quizsys needs into $(VENV) (about 1.4 GB, once)"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(CLIENTS): tests/clients/package-lock.json
	@if command -v npm >/dev/null; then cd tests/clients && npm ci --silent || echo "Without its packages the tests with programs for Node.js are left out."; \
	else echo "Without npm the tests with programs for Node.js are left out."; fi

$(VENV)/.ready-dev: tests/requirements.txt $(VENV)/.ready
	@$(INSTALL) -r tests/requirements.txt
	@touch $@

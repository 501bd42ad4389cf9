# Every target does its own set-up: a fresh machine needs only Python 3.11+ and make.
# ARGS goes to the program behind a target, e.g. make run ARGS=--once, make test ARGS="-k delimiters"

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
STAMP := .venv/set-up.stamp

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## set up alone; the command line is then .venv/bin/ediport

run: $(STAMP) ## start the platform and show a submission on its way to the payer and back
	@$(BIN)/ediport demo $(ARGS)

test: $(STAMP) ## run every test
	@$(BIN)/pytest -n auto --dist loadfile $(ARGS)

check: $(STAMP) ## run the gates before a commit: format, lint, types, imports, fast tests
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/pytest -n auto --dist loadfile -m "not (gate or slow or corpus or differential or integration or e2e)" $(ARGS)

format: $(STAMP) ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(STAMP) ## measure the engine on generated files
	@$(BIN)/python -m tests.benchmarks $(ARGS)

clean: ## remove everything that set-up, tests and tools have made
	rm -rf .venv .uv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find ediport services tests tools -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): pyproject.toml uv.lock tools/set_up.py tools/apt-packages.txt
	@$(PYTHON) tools/set_up.py
	@touch $@

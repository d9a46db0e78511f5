# Everything here works from a bare Python 3.11 or later: each target sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
WORKERS ?= 2
ARGS ?=
# The processes that a target starts end with make, even if make is killed.
export COUNTERSIGN_STOP_WITH_PARENT := 1
# Images of Python switch this on to stay small. Here a dozen processes would each compile three
# thousand modules whenever they start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test chaos lint types bench up migrate lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: .venv/.ready ## Start everything with example data; RESET=1 begins anew
	@$(BIN)/python manage.py demo $(if $(RESET),--reset) $(ARGS)

test: .venv/.ready ## Run all tests; ARGS="tests/kernel -x" narrows them
	@scripts/test_tools.sh
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

chaos: .venv/.ready ## Break everything at random for MINUTES=10 from SEED=…, then judge every change
	@MINUTES="$(MINUTES)" SEED="$(SEED)" $(BIN)/python -m tests.chaos

lint: .venv/.ready ## Check style, formatting and import contracts
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports

types: .venv/.ready ## Check types
	COUNTERSIGN_MODE=test $(BIN)/python -m mypy .

bench: .venv/.ready ## Measure against floors taken in the same run
	@$(BIN)/python manage.py bench $(ARGS)

up: .venv/.ready ## Run the production processes against your DATABASE_URL and REDIS_URL
	@$(BIN)/python -m orchestrator.embedded.production

migrate: .venv/.ready ## Bring the database of DATABASE_URL up to date
	$(BIN)/python manage.py migrate $(ARGS)

lock: .venv/.ready ## Choose dependency versions anew and write requirements.lock
	$(BIN)/uv lock --quiet --upgrade --python $(BIN)/python
	$(BIN)/uv export --quiet --frozen --all-groups --no-header --no-emit-project \
		--python $(BIN)/python --output-file requirements.lock

clean: ## Remove everything that can be made again; the demo's data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	find . -name node_modules -type d -prune -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements.lock scripts/set_up.sh
	@scripts/set_up.sh
	@touch $@

# Each target does all of its set-up.  PYTHON chooses the interpreter (3.11 or later).
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
FUZZ_SECONDS ?= 600

.PHONY: help setup demo test check bench fuzz eval eval-threads setup-system lock clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(VENV)/.demo: requirements/demo.txt requirements/build.txt pyproject.toml
	@make/venv "$(PYTHON)" $(VENV) requirements/demo.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/build.txt pyproject.toml
	@make/venv "$(PYTHON)" $(VENV) requirements/dev.txt
	@touch $@ $(VENV)/.demo

setup: $(VENV)/.dev ## Make the development environment in .venv

demo: $(VENV)/.demo ## Show the whole job on loopback, under a minute
	@$(BIN)/cvdmail demo

setup-system: ## Install the Debian packages the tests want (root or sudo)
	@make/setup-system

test: $(VENV)/.dev setup-system ## Run the whole suite against real servers
	@make/test $(BIN)

check: $(VENV)/.dev ## Lint, format, types, import rules, the README's commands
	@$(BIN)/ruff check src tests make
	@$(BIN)/ruff format --check src tests make
	@$(BIN)/mypy
	@$(PYTEST) -q tests/test_architecture.py tests/test_readme.py

bench: $(VENV)/.dev ## Measure ratios to bare gpg, start-up, memory
	@$(BIN)/python make/bench.py

fuzz: $(VENV)/.dev ## Fuzz the readers of mail (FUZZ_SECONDS=600), then run the property tests for long
	@$(BIN)/python tests/fuzz_mail.py --seconds $(FUZZ_SECONDS)
	@HYPOTHESIS_PROFILE=fuzz $(PYTEST) -q tests/core tests/work/test_outbox_machine.py -k "hypothesis or property or arbitrary or fuzz or machine"

eval: $(VENV)/.dev ## Measure extraction on labelled replies: make eval DATA=FILE
	@test -n "$(DATA)" || { echo "usage: make eval DATA=FILE" >&2; exit 2; }
	@$(BIN)/python tests/eval_extract.py "$(DATA)"

eval-threads: $(VENV)/.dev ## Measure threading on labelled mails: make eval-threads DATA=FOLDER
	@test -d "$(DATA)" || { echo "usage: make eval-threads DATA=FOLDER" >&2; exit 2; }
	@$(BIN)/python tests/eval_threads.py "$(DATA)"

lock: $(VENV)/.dev ## Resolve the locked requirements anew
	@make/lock $(BIN)

clean: ## Remove the environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

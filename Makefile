# `make help` lists what there is.
VENV := .venv
BIN := $(VENV)/bin
# The first Python on PATH that is new enough; `make PYTHON=/path/to/python …` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
JOBS ?= 2
# Tests without a browser often wait for a process that they started, so one more keeps two cores busy.
TEST_JOBS ?= 3
# Where the end-to-end tests write their report; the traces that it links are in test-results/e2e.
REPORT := --html=test-results/e2e.html --self-contained-html --junitxml=test-results/e2e.xml
TESTS := tests -q -n $(TEST_JOBS) --dist worksteal
E2E_TESTS := e2e -q -n $(JOBS) --dist worksteal $(REPORT)
# Recording traces takes about a third more work.
E2E_QUICKLY := $(E2E_TESTS) --tracing off
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run cluster install test e2e e2e-headed steady check format bench load audit pictures translations mutants mutants-core clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp ## Open the shop at http://127.0.0.1:8000 (PORT=9000 for another port)
	@$(BIN)/shop init
	@exec $(BIN)/shop serve $(if $(PORT),--port $(PORT))

cluster: $(VENV)/dev.stamp ## Open a shop as if on two machines, behind nginx (PORT=9443 for another port)
	@exec $(BIN)/python -W ignore:XDG_RUNTIME_DIR -m e2e.cluster $(if $(PORT),--port $(PORT))

install: $(VENV)/run.stamp ## Install what the shop needs, to serve it for real (docs/operate.md)

test: check ## Run everything: checks, unit, properties, integration, end to end
	@$(BIN)/python -m e2e.support.debian
	@$(BIN)/pytest $(TESTS)
	@$(BIN)/python -m e2e.support.browser --headless
	@$(BIN)/pytest $(E2E_QUICKLY)

e2e: $(VENV)/dev.stamp ## Run the end-to-end tests only (ARGS="-k budget")
	@$(BIN)/python -m e2e.support.debian
	@$(BIN)/python -m e2e.support.browser --headless
	@$(BIN)/pytest $(E2E_TESTS) $(ARGS)

e2e-headed: $(VENV)/dev.stamp ## Watch the end-to-end tests in a visible browser
	@$(BIN)/python -m e2e.support.browser
	@$(BIN)/pytest e2e -q --headed --slowmo 250 $(ARGS)

steady: $(VENV)/dev.stamp ## Run all tests 30 times in a row (ARGS="--runs 5 --busy 1")
	@$(BIN)/python -m e2e.support.debian
	@$(BIN)/python -m e2e.support.browser --headless
	@$(BIN)/python -m e2e.support.steady --suite "$(TESTS)" --suite "$(E2E_QUICKLY)" $(ARGS)

check: $(VENV)/dev.stamp ## Lint, formatting, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --num-workers $(JOBS) shop tests e2e bench audit load mutants
	@$(BIN)/lint-imports

format: $(VENV)/dev.stamp ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## Print the shop's speed as ratios against a baseline
	@$(BIN)/python -m bench

load: $(VENV)/dev.stamp ## Fill 100,000 carts, and say whether the shop kept its promises (ARGS="--carts 2000")
	@$(BIN)/python -W ignore:XDG_RUNTIME_DIR -m load $(ARGS)

audit: $(VENV)/audit.stamp $(VENV)/wapiti.stamp ## Measure the running shop: axe, HTML, Lighthouse, weight, attacks (ARGS="--only axe")
	@$(BIN)/python -m e2e.support.browser
	@$(BIN)/python -m audit $(ARGS)

pictures: $(VENV)/dev.stamp ## Take a picture of every page and state, to be looked at (ARGS="--readme")
	@$(BIN)/python -m e2e.support.browser
	@$(BIN)/python -m audit.pictures $(ARGS)

translations: $(VENV)/dev.stamp ## Bring the catalogues up to date with the texts (ARGS="es" for a new one)
	@$(BIN)/python -m audit.translations $(ARGS)

mutants: $(VENV)/dev.stamp ## Break the shop on purpose, and show which test notices (ARGS="--only undo")
	@$(BIN)/python -m e2e.support.debian
	@$(BIN)/python -m e2e.support.browser
	@$(BIN)/python -m mutants --jobs $(JOBS) $(ARGS)

mutants-core: $(VENV)/mutants.stamp ## Mutate shop/core, and show what its unit tests miss (ARGS="--only text")
	@$(BIN)/python -m mutants.core --jobs $(JOBS) $(ARGS)

clean: ## Remove what was installed and generated; the instance folder stays
	rm -rf $(VENV) audit/node_modules test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo "Crumb needs Python 3.11 or newer, and found none. Install it, or say where it is: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements/run.txt pyproject.toml
	@echo "Installing what the shop needs (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/audit.stamp: $(VENV)/dev.stamp requirements/audit.txt audit/package-lock.json audit/.npmrc
	@echo "Installing what the audit needs (once) ..."
	@$(PIP) install --require-hashes -r requirements/audit.txt
	@$(BIN)/python -m audit.node
	@touch $@

# The scanner keeps old versions, some of which not every Python can build; without it, the audit says
# what it did not check.
$(VENV)/wapiti.stamp: $(VENV)/python.stamp requirements/wapiti.txt
	@echo "Installing the scanner of the audit (once) ..."
	@rm -rf $(VENV)/wapiti
	@$(BIN)/python -m venv $(VENV)/wapiti
	@$(VENV)/wapiti/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements/wapiti.txt || { rm -rf $(VENV)/wapiti; echo "Wapiti cannot be installed here."; }
	@touch $@

$(VENV)/mutants.stamp: $(VENV)/dev.stamp requirements/mutants.txt
	@echo "Installing what mutation testing needs (once) ..."
	@$(PIP) install --require-hashes -r requirements/mutants.txt
	@touch $@

# A new user needs `make run` and `make test`. Everything is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PAGE := src/deskcal/http/static/index.html
MODULES := web/node_modules/.package-lock.json
WEB := $(shell find web -name node_modules -prune -o -type f -print)
FIND_POSTGRES := import sys; sys.path.insert(0, "tests"); import postgres_server as p; p.programs()

COMPAT := tests/compat

.PHONY: help run setup web test compat check format docs bench clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(STAMP) $(PAGE) ## Start the server on ./data, with a demo desk on the first start
	@exec $(BIN)/deskcal serve --data data --demo

setup: $(STAMP) ## Create .venv and install all dependencies

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "deskcal needs Python 3.11 or newer; name one: make PYTHON=python3.12 run"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

web: $(PAGE) ## Build the web calendar into the package

$(MODULES): web/package-lock.json | $(STAMP)
	web/npm.sh $(BIN)/python ci --silent --no-audit --no-fund

$(PAGE): $(WEB) $(MODULES)
	web/npm.sh $(BIN)/python run --silent build

test: $(STAMP) $(PAGE) ## Run all tests; fail below the least coverage
	@command -v "$${DESKCAL_CHROMIUM:-chromium}" >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		apt-get install -y -qq chromium >/dev/null; } || \
		echo "No chromium here: the browser tests are skipped (apt-get install chromium," \
			"or name one in DESKCAL_CHROMIUM)."
	@command -v php >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		apt-get install -y -qq php-cli >/dev/null; } || \
		echo "No PHP here: its tests are skipped (apt-get install php-cli)."
	@$(BIN)/python -c '$(FIND_POSTGRES)' 2>/dev/null || { [ "$$(id -u)" = 0 ] && \
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null; } || \
		echo "No PostgreSQL here: its tests will fail (apt-get install postgresql)."
	web/npm.sh $(BIN)/python run --silent test
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --cov --cov-report=
	$(BIN)/python -m coverage report --fail-under=95
	$(BIN)/python -m coverage report --include='src/deskcal/core/*,src/deskcal/wire/*' --fail-under=100

compat: $(STAMP) $(COMPAT)/.venv/.installed $(COMPAT)/node_modules/.package-lock.json ## Test against foreign calendar software, in an environment of its own
	@ldconfig -p | grep -q libical.so || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
		apt-get install -y -qq libical3 >/dev/null; } || \
		echo "No libical here: its test is skipped (apt-get install libical3)."
	$(BIN)/python -m pytest $(COMPAT)

$(COMPAT)/.venv/.installed: $(COMPAT)/requirements.txt
	$(PYTHON) -m venv $(COMPAT)/.venv
	$(COMPAT)/.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(COMPAT)/node_modules/.package-lock.json: $(COMPAT)/package-lock.json | $(STAMP)
	web/npm.sh $(BIN)/python --prefix ../$(COMPAT) ci --silent --no-audit --no-fund

check: $(STAMP) $(MODULES) ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	web/npm.sh $(BIN)/python run --silent check
	web/npm.sh $(BIN)/python run --silent lint

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP) ## Regenerate the generated parts of the docs
	$(BIN)/python -m deskcal.tools.reference

bench: $(STAMP) ## Run the benchmarks, in ratios to the limits of this machine
	$(BIN)/python -m bench

clean: ## Remove generated files; ./data stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		src/deskcal/http/static web/node_modules $(COMPAT)/.venv $(COMPAT)/node_modules \
		bench/.venv

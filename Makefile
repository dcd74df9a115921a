# Two commands: `make run` starts the explorer, `make test` passes every test.
# Each does all of its own set-up; what is there and fresh is not made again.

PYTHON ?= python3
NPM := $(shell command -v npm 2>/dev/null)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
VENDOR := static/vendor/.stamp
# Each file of tests stays with one process, and browser tests come last (tests/browser/conftest.py says why).
PARALLEL := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run test lint bench load soak container audit sbom lock clean

run: .venv/.run $(VENDOR)
	$(BIN)/python -m app $(OPTIONS)

test: .venv/.dev $(VENDOR)
	$(BIN)/python -m tests.browser.chromium --install
	$(BIN)/python -m tests.browser.firefox --install
	$(BIN)/python -m pytest $(PARALLEL) $(OPTIONS)

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev $(VENDOR)
	$(BIN)/python -m tests.browser.chromium --install
	$(BIN)/python -m tests.benchmarks $(OPTIONS)

# --- for whoever runs it: a class in numbers, alone and beside those who mean harm; the image, what the dependencies are ---

load: .venv/.dev $(VENDOR)
	$(BIN)/python -m tests.load class follow school walks beside --seconds $(or $(SECONDS),10) $(OPTIONS)

soak: .venv/.dev $(VENDOR)
	$(BIN)/python -m tests.load soak --seconds $(or $(SECONDS),60) $(OPTIONS)

container: .venv/.dev
	$(BIN)/python -m tests.container

audit: .venv/.audit
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.lock
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements-dev.lock
	npm audit --package-lock-only

sbom: .venv/.audit
	mkdir -p dist
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible -o dist/python.cdx.json requirements.lock
	npm sbom --package-lock-only --sbom-format cyclonedx > dist/front-end.cdx.json

# --- set-up: each step is a file that is as new as what it was made from ---

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Backprop Explorer needs Python 3.11 or newer; '$(PYTHON)' is older or missing. Install one, or name it: make PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "'$(PYTHON) -m venv' does not work here. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/.build: requirements-build.lock requirements-node.lock | .venv/.made
	$(PIP) -r requirements-build.lock $(if $(NPM),,-r requirements-node.lock)
	@touch $@

.venv/.run: requirements.lock | .venv/.made
	$(PIP) -r requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock | .venv/.made
	$(PIP) --no-compile -r requirements-dev.lock # of all that comes little is imported: Python compiles that itself
	@touch $@

.venv/.audit: requirements-audit.lock | .venv/.made
	$(PIP) -r requirements-audit.lock
	@touch $@

$(VENDOR): hatch_build.py package.json package-lock.json .npmrc | .venv/.build
	$(BIN)/python hatch_build.py
	@touch $@

# --- upkeep ---

UV_VERSION := 0.13.9
COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --no-config --upgrade --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --annotation-style line

lock: | .venv/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(COMPILE) pyproject.toml --extra redis --extra test --extra lint --group build -o requirements-dev.lock
	$(COMPILE) pyproject.toml --extra redis -c requirements-dev.lock -o requirements.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock
	$(COMPILE) --group node -o requirements-node.lock
	$(COMPILE) --group audit -c requirements-dev.lock -o requirements-audit.lock
	npm install --package-lock-only --ignore-scripts

clean:
	rm -rf .venv static/vendor tests/browser/vendor build dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis tests/browser/failures

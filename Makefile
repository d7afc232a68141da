# Counterseal. `make` alone lists the targets.
#
# Everything is set up in .venv, from the Python package registry alone, with the hashes in
# requirements*.lock; nothing is written outside this folder. uv is used where it is there,
# else venv and pip. Another Python: make demo PYTHON=/path/to/python3.12

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:

# The first of these that is Python 3.11 or later; `make` says so clearly when none is.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
    if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$p"; break; fi; done)
UV ?= $(shell command -v uv 2>/dev/null)
JOBS ?= 2
TEST_ARGS ?=
FUZZ_ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

export PIP_CACHE_DIR ?= $(CURDIR)/$(VENV)/cache/pip
export UV_CACHE_DIR ?= $(CURDIR)/$(VENV)/cache/uv
export UV_PYTHON_DOWNLOADS ?= never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: help demo test check lint types contracts docs browser fuzz bench soak lock clean

help:
	@echo 'make demo    set everything up, then replay a treaty from the numbers that its parties published (into demo/)'
	@echo 'make test    set everything up, then pass the tests (Python packages alone)'
	@echo 'make check   all that CI runs: lint, types, contracts, tests, docs, browser tests, a short fuzz'
	@echo 'make fuzz    both verifiers, and all that reads bytes of strangers, fuzzed for a minute'
	@echo 'make soak    the long form: full seeds and sizes, ten minutes of fuzz, then the benchmarks'
	@echo 'make bench   the benchmarks, each a ratio to a limit measured in the same run'
	@echo 'make docs    the documentation, into docs/_build/html, warnings as errors'
	@echo 'make browser the report in a real Chromium;  make lint;  make types;  make contracts'
	@echo 'make lock    renew requirements*.lock from pyproject.toml (needs uv);  make clean'

demo: $(VENV)/run.stamp
	@$(VENV)/bin/counterseal demo --out demo

test: $(VENV)/dev.stamp
	$(PY) -m pytest -n $(JOBS) -m 'not soak' --ignore=tests/browser $(TEST_ARGS)

check:
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory contracts
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory browser
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory fuzz

lint: $(VENV)/dev.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/dev.stamp
	$(PY) -m mypy

contracts: $(VENV)/dev.stamp
	$(PY) -c 'from importlinter.cli import lint_imports_command as c; c()'

docs: $(VENV)/dev.stamp
	$(PY) -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo 'Documentation: docs/_build/html/index.html'

# The report, looked at by a browser. Chromium comes from the system's packages: installed here
# when we may (root on a system with apt-get), else asked for.
browser: $(VENV)/dev.stamp
	@if [ ! -d tests/browser ]; then echo 'no browser tests here'; exit 0; fi; \
	for b in $(BROWSERS); do command -v $$b >/dev/null 2>&1 && found=$$b && break; done; \
	if [ -z "$$found" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo 'Installing chromium and fonts from the system packages ...'; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null </dev/null \
	        && found=chromium; \
	fi; \
	if [ -z "$$found" ]; then \
	    echo 'make browser: no Chromium found (looked for: $(BROWSERS)).' >&2; \
	    echo 'Install one, for example: sudo apt-get install chromium fonts-dejavu-core' >&2; exit 1; \
	fi; \
	$(PY) -m pytest tests/browser -m 'not soak' $(TEST_ARGS)

# Coverage-guided: atheris is installed where it has a wheel, else the fuzz says that it is skipped.
fuzz: $(VENV)/fuzz.stamp
	$(PY) tests/fuzz/run.py $(FUZZ_ARGS)

bench: $(VENV)/bench.stamp
	$(PY) benchmarks/run.py

soak: $(VENV)/dev.stamp
	COUNTERSEAL_SOAK=1 $(PY) -m pytest -n $(JOBS) -m 'soak or not soak' $(TEST_ARGS)
	@$(MAKE) --no-print-directory fuzz FUZZ_ARGS=--long
	@$(MAKE) --no-print-directory bench

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate pyproject.toml --extra build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate pyproject.toml --extra fuzz -c requirements.lock -o requirements-fuzz.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --no-annotate pyproject.toml --extra bench -c requirements.lock -o requirements-bench.lock

clean:
	rm -rf $(VENV) docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks verifier docs -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- set-up: redone when a lock, the package's definition or this clone's place changes ----

# $(1) the lock to install. The project itself goes in last, editable, built without isolation.
define install
	@if [ -n '$(UV)' ]; then \
	    '$(UV)' pip install --quiet --python $(PY) --require-hashes -r $(1) && \
	    '$(UV)' pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .; \
	else \
	    $(PY) -m pip install -qq --require-hashes -r $(1) && \
	    $(PY) -m pip install -qq --no-deps --no-build-isolation -e .; \
	fi
endef

$(VENV)/run.stamp: requirements.lock pyproject.toml $(VENV)/place
	@echo 'Setting up .venv: what the program needs ...'
	$(call install,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo 'Setting up .venv: what the tests and tools need ...'
	$(call install,requirements-dev.lock)
	@touch $@

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/dev.stamp
	@echo 'Setting up .venv: the peers that the benchmarks run beside ours ...'
	$(call install,requirements-bench.lock)
	@touch $@

$(VENV)/fuzz.stamp: requirements-fuzz.lock $(VENV)/run.stamp
	@echo 'Setting up .venv: what the fuzz needs ...'
	$(call install,requirements-fuzz.lock)
	@touch $@

# A virtual environment holds absolute paths, so one that was moved, copied or lost its Python is made anew.
export HERE := $(CURDIR)
ifneq "$(shell $(PY) -c '' 2>/dev/null && cat $(VENV)/place)" "$(CURDIR)"
.PHONY: $(VENV)/place
endif
$(VENV)/place:
	@if [ -z '$(PYTHON)' ] || ! '$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo 'Counterseal needs Python 3.11 or later.' >&2; \
	    for p in '$(PYTHON)' python3; do \
	        [ -z "$$p" ] || echo "  found: $$p, $$("$$p" --version 2>&1 | head -n 1)" >&2; \
	    done; \
	    echo 'Install one, or say where it is: make demo PYTHON=/path/to/python3.12' >&2; exit 1; \
	fi
	@rm -rf $(VENV)
	@if [ -n '$(UV)' ]; then '$(UV)' venv --quiet --allow-existing --python "$$(command -v '$(PYTHON)')" $(VENV); \
	else '$(PYTHON)' -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo 'This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt-get install python3-venv.' >&2; \
	    echo 'Or install uv, which needs nothing else, and run make again.' >&2; exit 1; }; \
	fi
	@printf '%s\n' "$$HERE" > $@

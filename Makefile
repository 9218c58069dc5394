# Two commands: make demo, make test. Both call make install first.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not ((3,11) <= sys.version_info[:2] <= (3,13)))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PUPILS ?= 100000
SERVE ?= 1
PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo test test-long test-backends lint lock clean
.DEFAULT_GOAL := help

help:  ## what can be asked of make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Jazari needs Python 3.11, 3.12 or 3.13. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv. On Debian: apt-get install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/pyvenv.cfg requirements-test.txt pyproject.toml
	@echo "Installing Jazari and its tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

install: $(VENV)/installed  ## the product with its test and check tools, in .venv

demo: install  ## the main job, decisions, a forecast, the hub on 127.0.0.1:8000; all under ./demo/ (SERVE=0 ends before it serves, PORT=8001)
	@BIN=$(BIN) PUPILS=$(PUPILS) SERVE=$(SERVE) PORT=$(PORT) sh demo.sh

lint: install  ## the gates alone: ruff, mypy, import contract
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install lint  ## the whole suite, warnings as errors
	$(BIN)/pytest -m "not long and not backends" -n 2 --dist loadfile

test-long: install  ## the slow proofs
	$(BIN)/pytest -m long

$(VENV)/backends: $(VENV)/installed requirements-backends.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-backends.txt
	@touch $@

test-backends: $(VENV)/backends  ## PostgreSQL and Spark (local), started and checked by the tests themselves
	$(BIN)/pytest -m backends tests/backends

lock:  ## compile the pinned requirements (needs uv)
	for f in requirements requirements-test requirements-backends requirements-benchmarks; do uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-package jazari --python-version 3.11 $$f.in -o $$f.txt; done

clean:  ## forget the environment and the demo
	rm -rf $(VENV) demo

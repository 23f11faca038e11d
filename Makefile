# setup · demo · test · check · fmt · bench · tck · prove · lock · bundle. Stamps in .make/ keep a second run instant.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Without stored bytecode every process that a test starts would compile the house anew: seconds for each.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo test check fmt bench tck prove lock bundle

PYTHON ?= python3
PORT ?= 8000
TCK ?= ../shared/tck
BIN := .venv/bin
PAGES := $(shell find frontend service/web/templates -type f 2>/dev/null)
WORDS := $(shell find service/web/translations -name '*.po' 2>/dev/null)
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
RESOLVE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --all-extras

help:
	@echo "make setup        environment, pages and words; instant when nothing changed"
	@echo "make demo         the demo county on http://127.0.0.1:$(PORT) (PORT=8001 picks another port)"
	@echo "make test         check, then every test, on SQLite and PostgreSQL"
	@echo "make check        ruff, mypy --strict, import-linter"
	@echo "make fmt          put the code into house style"
	@echo "make bench        every benchmark, one JSON line each"
	@echo "make tck          the cases of the DMN TCK in TCK=PATH; V=1 tells every case that did not pass"
	@echo "make prove        the tests with the long searches and real sizes: hours on two cores"
	@echo "make bundle       one file to install from without internet, in build/"
	@echo "make lock         choose versions anew: requirements/*.txt"

setup:
	@$(MAKE) --no-print-directory --jobs 2 .make/python .make/pages .make/words

demo: setup
	@exec $(BIN)/lectern demo --port $(PORT)

test: check
	@$(BIN)/pytest -n auto

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup
	@for file in benchmarks/[a-z]*.py; do \
		grep -q '^if __name__' "$$file" && [ "$$file" != benchmarks/tck.py ] || continue; \
		name=$$(basename "$$file" .py); echo "== $$name"; $(BIN)/python -m "benchmarks.$$name"; \
	done

tck: setup
	@$(BIN)/python -m benchmarks.tck $(TCK) $(if $(V),-v)

prove: setup
	@LECTERN_PROVE=1 $(BIN)/pytest -n auto --timeout 3600

bundle: setup
	@packaging/bundle.sh

lock: .make/python
	@$(BIN)/pip install --quiet --upgrade uv
	@$(RESOLVE) --upgrade --group dev --output-file requirements/dev.txt
	@$(RESOLVE) --constraints requirements/dev.txt --output-file requirements/run.txt

.make/python: requirements/dev.txt pyproject.toml
	@mkdir -p .make
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lectern needs Python 3.11 or later")'
	$(INSTALL) --require-hashes --no-deps -r requirements/dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.make/modules: package.json package-lock.json
	@mkdir -p .make
	npm ci
	@touch $@

.make/pages: .make/modules $(PAGES)
	npm run build
	@touch $@

.make/words: .make/python $(WORDS)
	@for file in $(WORDS); do $(BIN)/pybabel --quiet compile --input-file "$$file" --output-file "$${file%.po}.mo"; done
	@touch $@

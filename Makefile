# make run    everything installed into .venv, then the app at http://127.0.0.1:8000 with a sample recording
# make test   everything installed, then the whole test suite, on as many as four cores
# make check  style, types, and who may import whom      make bench  what is measured
# make fuzz   hundreds of hostile files through the whole way
# make soak   uploads through a hundred kills, and from fifty phones at once
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install -q --disable-pip-version-check
STATIC := publish_api/pages/static
WEB := $(STATIC)/vendor
OWN := $(WEB)/packed
# What fails beside thousands of others is tried once more, alone (docs/decisions/0047); 1: all ran, and some failed.
ALONE = { [ $$? -eq 1 ] && echo "Once more, alone, what failed:" && $(BIN)/pytest -n 0 --last-failed --last-failed-no-failures none; }
# Node only fetches and packs scripts at set-up: the machine's own, else the one that pip brings.
NPM := $(if $(shell command -v npm),npm,PATH="$(CURDIR)/$(BIN):$$PATH" npm)

.PHONY: run test check bench soak fuzz test-openai-whisper languages lock format clean

run: .venv/.run $(OWN)/.done
	$(BIN)/passiton serve --welcome

test: .venv/.test $(OWN)/.done
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal || $(ALONE)

check: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.test $(OWN)/.done
	$(BIN)/python -m benchmarks

# The server killed a hundred times, fifty phones at once: what the tests try a little of. Half an hour.
soak: .venv/.test $(OWN)/.done
	$(BIN)/python -m soak

# Hundreds of hostile files: what the tests try a few of. Takes a quarter of an hour on two cores.
fuzz: .venv/.test
	$(BIN)/python -m fuzz

# The second speech engine brings torch, which has no place in a lock with hashes (the hashed wheel would be
# the CUDA one, gigabytes of it): its own environment, held to the versions of the first.
test-openai-whisper: .venv/.test
	$(PYTHON) -m venv .venv/openai
	$(BIN)/pip freeze --exclude-editable > .venv/constraints.txt
	.venv/openai/bin/pip install -q --disable-pip-version-check -c .venv/constraints.txt -r requirements/test.in -r requirements/openai.in
	.venv/openai/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	.venv/openai/bin/pytest tests/contracts/test_engines.py -m openai_whisper

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --only-binary=:all: -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: requirements/test.txt pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes --only-binary=:all: -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@ .venv/.run

.venv/.node: requirements/node.txt | .venv/bin/pip
	$(if $(shell command -v npm),,$(PIP) --require-hashes -r $<)
	touch $@

$(WEB)/.done: package-lock.json scripts/pack_hls.mjs .venv/.node
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	mkdir -p $(WEB)
	$(NPM) run --silent hls -- $(WEB)
	touch $@

$(OWN)/.done: $(wildcard $(STATIC)/js/*.js $(STATIC)/css/*.css) scripts/pack_own.mjs $(WEB)/.done
	$(NPM) run --silent own -- $(OWN)
	touch $@

# The catalogues of other languages, after words of the sources have changed.
languages: .venv/.test
	$(BIN)/python -m scripts.languages

# Versions and hashes anew; needs uv. No index lines: every machine has its own.
lock:
	cd requirements && for n in run test node; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q \
	    $$( [ $$n = run ] || echo -c run.txt ) -o $$n.txt $$n.in; done

clean:
	rm -rf build out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

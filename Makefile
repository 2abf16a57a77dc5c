# MLPM: `make run` starts it, `make test` proves it. `make help` lists the rest.

# The first Python on PATH that is new enough; or name one: make run PYTHON=/opt/python/bin/python3
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# One process more than two processors: browser and server tests wait while others compute
JOBS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$(( n < 3 ? n + 1 : n > 4 ? 4 : n )))
PYTEST := $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
# uv, where it is on PATH, installs in half the time; pip takes over when uv cannot reach its index
install = { command -v uv >/dev/null && uv pip install --quiet --python $(BIN)/python $(1); } || $(PIP) install $(1)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test quick check static setup bench soak mutation pictures lock

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14
	@echo "Settings, such as make run MLPM_PORT=9000: MLPM_PORT MLPM_ADDRESS MLPM_DATA MLPM_DEMO MLPM_MAX_FILE_MB MLPM_MAX_ROWS MLPM_MAX_LOG_ROWS MLPM_SOURCES MLPM_READ_ONLY MLPM_TOKEN"

run: .venv/.run-stamp ## set up on first use, then serve and print the address
	@exec $(BIN)/mlpm serve

test: static ## set up, then everything: check, doctests, core, app and browser tests
	$(PYTEST)

quick: setup ## format, lint, types and the tests of the maths: what to run before each commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet --numprocesses auto --maxprocesses 4 -m "not slow" -p no:schemathesis tests/maths

check: static ## the same, and contract tests
	$(BIN)/python -m pytest --quiet tests/contract

static: setup ## format, lint, types and what is imported: all that runs no test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/deptry .
	$(BIN)/deptry tests benchmarks --exclude '^$$' --ignore DEP002,DEP004

setup: .venv/.dev-stamp ## the environment only, with everything needed to develop

bench: .venv/.run-stamp .bench-venv/.stamp ## what screens, valuing, imports and many visitors cost, each beside others, and how it grows
	@PYTHONPATH=. OPENBLAS_NUM_THREADS=1 .bench-venv/bin/python benchmarks/value.py
	@PYTHONPATH=. $(BIN)/python benchmarks/intake.py
	@PYTHONPATH=. OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/growth.py
	@PYTHONPATH=. $(BIN)/python benchmarks/store.py
	@$(BIN)/python benchmarks/screens.py
	@PYTHONPATH=. $(BIN)/python benchmarks/sessions.py

soak: setup ## what takes long: 200,000 mutated files, 100,000 mutated texts, 40,000 sentences, 5,000 boards, ten times the kills
	@PYTHONPATH=. $(BIN)/python -m tests.fuzz 200000
	@PYTHONPATH=. $(BIN)/python -m tests.fuzz 100000 --texts
	@SOAK=10 $(PYTEST) --quiet tests/crash tests/http/test_isolation.py tests/http/test_http_schema.py
	@SOAK=10 $(PYTEST) --quiet tests/services/test_noise_guard.py tests/services/test_order.py tests/services/test_peak_memory.py
	@SOAK=10 $(PYTEST) --quiet tests/maths/test_sentences.py tests/maths/test_looked_up.py \
	    tests/maths/test_experiment.py tests/maths/test_proof_plan.py tests/maths/test_updating.py
	@SOAK=10 $(PYTEST) --quiet tests/app/test_addresses.py tests/maths/test_agreement.py tests/maths/test_realisation_factor.py tests/maths/test_freed_hours.py
	@SOAK=10 $(PYTEST) --quiet tests/maths/test_link.py tests/maths/test_control_series.py tests/maths/test_staggered.py
	@PYTHONPATH=. $(BIN)/python -m tests.promise_boards 500

mutation: setup ## small faults in figures and words, one at a time: which do the tests not notice?
	@nice -n 10 $(BIN)/python -m tests.mutation

pictures: setup ## take the pictures of README.md and docs/tour.md again, from the demo
	@PYTHONPATH=. $(BIN)/python docs/pictures.py

lock: ## make the lock files again from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "Locking needs uv: install it with 'pipx install uv'." >&2; exit 1; }
	uv pip compile --quiet pyproject.toml --extra setup --universal --generate-hashes -o requirements.txt
	uv pip compile --quiet pyproject.toml --extra setup --extra dev --universal --generate-hashes -c requirements.txt -o requirements-dev.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "MLPM needs Python 3.11 or newer: install python3 (Debian: apt-get install python3 python3-venv) and try again." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot make environments: install its venv module (Debian: apt-get install python3-venv) and try again." >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON); this happens once and takes about a minute." >&2
	@$(PYTHON) -m venv .venv

.venv/.run-stamp: requirements.txt pyproject.toml | $(BIN)/python
	@$(call install,--require-hashes -r requirements.txt)
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

# squigglepy sees the libraries of .venv and brings none that .venv has.
.bench-venv/.stamp: .venv/.run-stamp
	@$(BIN)/python -m venv .bench-venv
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.bench-venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/mlpm.pth"
	@.bench-venv/bin/python -m pip --quiet --quiet --disable-pip-version-check install squigglepy==0.30
	@touch $@

# The developer's lock holds the other one whole, so both stamps are then true.
.venv/.dev-stamp: requirements-dev.txt requirements.txt pyproject.toml | $(BIN)/python
	@$(call install,--require-hashes -r requirements-dev.txt)
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch .venv/.run-stamp $@

# make demo | test are all a fresh machine needs; both set up what they need first. See CONTRIBUTING.md.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STATIC := src/vedette/console/static
ONE_CORE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
CONSOLE_SOURCES := $(shell find console -path console/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: demo test check setup setup-dev bench fuzz tamper wheel clean console-check screenshots
.DEFAULT_GOAL := help

help:
	@echo 'make demo    the Erbil reconstruction in the console (ARGS=--headless: without)'
	@echo 'make test    all tests        make check   lint, types, layers'
	@echo 'make setup   set up only      make bench   benchmarks        make wheel   build the wheel'
	@echo 'make fuzz    a million mutated inputs for each decoder'
	@echo 'make screenshots  every screen of the console, as docs/images/screens holds them'
	@echo 'make tamper  20,000 random changes to a record, each to be found'

demo: setup
	$(BIN)/vedette demo $(ARGS)

setup: .setup/python .setup/console .setup/kernels

setup-dev: setup .setup/dev .setup/chromium .setup/mosquitto

.setup/venv:
	@mkdir -p .setup
	@tools/make_venv.sh $(PYTHON) $(VENV)
	@touch $@

.setup/python: .setup/venv requirements/run.txt pyproject.toml
	@echo 'set-up: Python packages'
	@$(PIP) install --require-hashes --no-deps -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.setup/dev: .setup/python requirements/dev.txt
	@echo 'set-up: Python packages for tests'
	@$(PIP) install --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

.setup/peers: .setup/dev requirements/peers.txt
	@echo 'set-up: the peers that the benchmark compares with'
	@$(PIP) install --require-hashes --no-deps -r requirements/peers.txt
	@touch $@

.setup/console: .setup/python requirements/node.txt $(CONSOLE_SOURCES)
	@echo 'set-up: console'
	@tools/build_console.sh $(VENV)
	@touch $@

.setup/kernels: .setup/python $(wildcard src/vedette/tracking/*.py src/vedette/tracking/*/*.py src/vedette/sensing/*.py)
	@echo 'set-up: compiling the tracking kernels'
	@$(BIN)/python -m vedette.tracking
	@touch $@

.setup/chromium:
	@tools/need_chromium.sh
	@touch $@

.setup/mosquitto:
	@tools/need_mosquitto.sh
	@touch $@

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	tools/with_node.sh $(VENV) npm --prefix console run --silent check

test: setup-dev
	tools/run_tests.sh $(BIN)

screenshots: setup-dev
	VEDETTE_SCREENSHOTS=docs/images/screens $(BIN)/python -m pytest -q -n 0 tests/watch/test_screens.py tests/watch/test_exercise_browser.py

bench: setup-dev .setup/peers
	$(BIN)/python -m benchmarks.demo_seeds
	$(ONE_CORE) $(BIN)/python -m benchmarks.tracker $(ARGS)
	$(ONE_CORE) $(BIN)/python -m benchmarks.field_scenario
	$(ONE_CORE) $(BIN)/python -m benchmarks.field_radar
	$(ONE_CORE) $(BIN)/python -m benchmarks.field_multirotor
	$(ONE_CORE) $(BIN)/python -m benchmarks.smoothing
	$(ONE_CORE) $(BIN)/python -m benchmarks.class_calibration
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.console_frames
	$(BIN)/python -m benchmarks.beside
	$(BIN)/python -m benchmarks.sapient_rates
	$(ONE_CORE) $(BIN)/python -m benchmarks.links
	$(ONE_CORE) $(BIN)/python -m benchmarks.feed_rates

fuzz: setup-dev
	$(BIN)/python -m tests.wire.fuzzing $(ARGS)

tamper: setup-dev
	$(BIN)/python -m tests.record.tampering $(ARGS)

wheel: setup
	@$(BIN)/python -m hatchling build -t wheel

clean:
	rm -rf .setup $(VENV) $(STATIC) dist console/node_modules

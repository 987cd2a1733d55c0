# Everything a checkout needs. `make` alone lists the targets; PYTHON=python3.12 picks another interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEPENDENCIES := $(VENV)/.dependencies
IMAGE ?= archcli
VARIANT ?= cpu

# The wheels of TensorFlow that the lock files name are for these versions.
SUPPORTED := (3, 11) <= sys.version_info[:2] <= (3, 13)

LOCK := $(BIN)/uv pip compile --no-config --quiet \
	--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(LOCK_FLAGS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test lint format catalogue lock wheel docker docker-test clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## Make .venv: the locked dependencies, and this checkout

# A .venv without this stamp was made by hand or cut short: it is made anew. Later changes are installed over it.
$(DEPENDENCIES): locks/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(not $(SUPPORTED))' || { \
		echo "$(PYTHON) must be Python 3.11, 3.12 or 3.13; name one with PYTHON=..." >&2; exit 1; }
	test -e $@ || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@

$(INSTALLED): $(DEPENDENCIES) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Train a small convolutional network on handwritten digits
	$(BIN)/archcli train cnn-digits

test: lint ## Run every check and every test, a process on each core
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: setup ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup ## Put the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

catalogue: setup ## Write the catalogue of Keras's names and arguments anew, and the schema that follows from it
	$(BIN)/python -m tools.make_catalogue
	$(BIN)/python -m tools.make_schema

lock: setup ## Write locks/ anew from pyproject.toml; LOCK_FLAGS=--upgrade takes newer releases
	$(LOCK) pyproject.toml --extra dev --output-file locks/dev.txt
	$(LOCK) pyproject.toml --constraints locks/dev.txt --output-file locks/cpu.txt
	$(LOCK) pyproject.toml --extra gpu --constraints locks/dev.txt --output-file locks/gpu.txt
	$(LOCK) --group build --constraints locks/dev.txt --output-file locks/build.txt

wheel: setup ## Build dist/archcli-*.whl
	$(BIN)/hatchling build -t wheel

docker: ## Build the container image; VARIANT=gpu for NVIDIA GPUs
	docker build --build-arg VARIANT=$(VARIANT) --tag $(IMAGE) .

docker-test: ## Build the image on a bare Debian with buildah and train in it (needs root)
	tools/docker_test.sh

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

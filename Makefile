# Two commands set everything up on a fresh machine with Python 3.11+ and make:
#   make demo   analyse a sample client and say where its report lies
#   make test   run the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test lint setup lock weights clean

demo: setup
	$(BIN)/posture models fetch --variant heavy
	$(BIN)/posture analyze --front sample_images/client-a/front.jpg \
	    --side sample_images/client-a/left.jpg --height-cm $(shell cat sample_images/client-a/height_cm.txt) \
	    --client client-a -o demo

test: setup weights
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

weights: setup
	$(BIN)/posture models fetch --variant all

setup: $(VENV)/.installed

# Everything from the lock file with its hashes, then the project itself without looking further.
$(VENV)/.installed: constraints.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r constraints.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@

# Renew the lock after changing pyproject.toml. No index address is written into it.
lock:
	$(PIP) install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --group build --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    -o constraints.txt

clean:
	rm -rf $(VENV) demo

# Two commands do all of their own set-up in .venv: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
# The tests start many programs: each would compile every module anew where nothing may be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types floors units coverage format bench-reading train clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("firstseen needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(READY): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(READY_DEV): $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(READY)

demo: $(READY)
	$(BIN)/firstseen demo

test: lint types floors units

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY_DEV)
	$(BIN)/mypy

floors: $(READY_DEV)
	$(BIN)/lint-imports

# Three at a time: the end-to-end tests mostly wait. A file's tests stay together, they share set-up.
units: $(READY_DEV)
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

coverage: $(READY_DEV)
	$(BIN)/pytest --cov --cov-report=term

format: $(READY_DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The tools that firstseen is measured against live apart from it, and so does what learns its weights.
BENCH := .venv-bench

$(BENCH)/.ready: $(BIN)/python tests/benchmarks/peers-constraints.txt
	$(BIN)/python -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -c tests/benchmarks/peers-constraints.txt --upgrade pip
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -c tests/benchmarks/peers-constraints.txt \
		trafilatura newspaper4k news-please readability-lxml lxml_html_clean scikit-learn chardet
	@touch $@

bench-reading: $(READY_DEV) $(BENCH)/.ready
	nice $(BIN)/python -m tests.benchmarks.reading --peers $(BENCH)/bin/python --write

train: $(BENCH)/.ready
	nice $(BENCH)/bin/python -m tests.benchmarks.train_body

clean:
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache firstseen-demo

# Everything a fresh machine needs: `make demo` and `make test` set up their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench golden clean

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/installed
	rm -rf out/demo
	$(BIN)/annexgen samples out/demo/corpus
	$(BIN)/annexgen build out/demo/corpus -o out/demo/annexes
	@echo "Open these:"
	@ls out/demo/annexes/annex.* | sed 's/^/  /'

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

golden: $(VENV)/installed
	ANNEXGEN_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/test_golden.py

bench: $(VENV)/installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) out

# make run and make test are all the set-up there is; both may be repeated.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
HOST ?= 127.0.0.1
PORT ?= 8000
# Test files are run side by side by so many processes.
WORKERS ?= 2

.PHONY: run test lint check eval campaign audit format clean

run: $(VENV)/.installed
	@echo "==> 索引を確かめます（初回はモデルの準備を含みます）"
	@$(BIN)/plan-assistant index build --if-needed
	@echo "==> サービスを始めます"
	@$(BIN)/plan-assistant serve --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-test
	@./scripts/ensure-chromium
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.installed-test
	@echo "==> ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> mypy" && $(BIN)/mypy
	@echo "==> import-linter" && $(BIN)/lint-imports --no-cache

check: lint test

# The release gate over the whole sets, with its report in var/eval.
eval: $(VENV)/.installed-test
	@$(BIN)/plan-assistant index build --if-needed
	@$(BIN)/python -m evals.sets.generate --sample 300 --out var/generated.jsonl
	@$(BIN)/plan-assistant eval run evals/sets/dev.jsonl evals/sets/test.jsonl var/generated.jsonl \
		--out var/eval --baseline evals/baseline.json

# The long forms of what the tests do shortly; their last figures stand in docs/benchmarks.md.
campaign: $(VENV)/.installed-test
	@$(BIN)/python -m evals.campaigns.hostile --files 3000
	@$(BIN)/python -m evals.campaigns.rebuilding killed --builds 200
	@$(BIN)/python -m evals.campaigns.rebuilding workers --seconds 600 --processes 4
	@$(BIN)/python -m evals.parsing --time
	@$(BIN)/python -m evals.sets.generate --out var/generated-all.jsonl
	@$(BIN)/plan-assistant eval run var/generated-all.jsonl --out var/eval-generated
	@$(BIN)/python -m evals.bench --write
	@$(BIN)/python -m evals.campaigns.openapi --minutes 5
	@$(BIN)/python -m evals.campaigns.service soak --minutes 15
	@$(BIN)/python -m evals.campaigns.service overload
	@$(BIN)/python -m evals.campaigns.service idle --connections 10000
	@$(BIN)/python -m evals.campaigns.service faults
	@$(BIN)/python -m evals.campaigns.writers --writes 5000
	@$(BIN)/python -m evals.campaigns.line_kills --events 1000
	@$(BIN)/python -m evals.campaigns.line_load --rate 50 --seconds 60
	@$(BIN)/python -m evals.bench.serving
	@$(BIN)/python -m evals.bench.scale --write var/scale

# The libraries that are installed: what is known to be wrong with them, where that can be asked, and a list of all.
audit: $(VENV)/.installed
	@$(PIP) install --quiet --editable '.[audit]'
	@mkdir -p var
	@$(BIN)/cyclonedx-py environment $(BIN)/python --of JSON -o var/sbom.json && echo "==> var/sbom.json"
	@$(BIN)/pip-audit --skip-editable --progress-spinner off

format: $(VENV)/.installed-test
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) var build *.egg-info

$(VENV)/bin/python:
	@echo "==> $(VENV) を作ります"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 以上が必要です（いまは `$(PYTHON) --version`）。PYTHON=python3.12 make … のように選べます" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "==> ライブラリを入れます（数分かかります）"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/python
	@echo "==> ライブラリと試験の道具を入れます（数分かかります）"
	@$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/.installed

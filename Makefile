# The two commands are `make run` and `make test`. The others are for those who change the program.

PYTHON ?= python3
VENV = .venv/bin/python
LOCK = $(VENV) -m uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

# Compiled once and kept, or every process of every start would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint format types bench soak assets messages lock

help:
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: ## start everything on this machine with a demonstration; Ctrl-C stops it (PORT=8000)
	@$(PYTHON) config/bootstrap.py run
	@$(VENV) -m config.run

test: ## all tests, browser tests included; a part of them with ARGS="tests/workers -k hours"
	@$(PYTHON) config/bootstrap.py test
	@$(VENV) -m tests.run $(ARGS)

lint: ## every check that is not a test: style, layers, types, templates, migrations, settings
	@$(PYTHON) config/bootstrap.py test
	@bash .ci/lint

format: ## put the code into its one format
	@$(VENV) -m ruff format .
	@$(VENV) -m ruff check --fix-only --quiet .

bench: ## all benchmarks, or one with NAME=verify; writes benchmarks/results/latest.json
	@$(PYTHON) config/bootstrap.py test
	@$(VENV) -m benchmarks.run $(NAME)

soak: ## twenty clients while processes are killed, then the ledger is verified (MINUTES=30)
	@$(PYTHON) config/bootstrap.py test
	@$(VENV) -m benchmarks.soak $(or $(MINUTES),30)

assets: ## compile style sheets, scripts, fonts and icons into static/ (needs Node)
	npm ci
	npm run build

messages: ## gather the texts to translate and compile the translations (needs gettext)
	@$(VENV) manage.py makemessages --all --no-obsolete --add-location file --ignore node_modules --ignore .venv --ignore tests
	@$(VENV) manage.py compilemessages --ignore .venv --ignore node_modules

lock: ## compile requirements/*.txt anew from pyproject.toml; UPGRADE="--upgrade-package django" to move
	@$(PYTHON) config/bootstrap.py test
	@$(LOCK) $(UPGRADE) pyproject.toml -o requirements/base.txt
	@$(LOCK) $(UPGRADE) pyproject.toml --extra embedded -o requirements/embedded.txt
	@$(LOCK) $(UPGRADE) pyproject.toml --extra embedded --extra dev -o requirements/dev.txt
	@echo "$$(grep -oE '^uv==[^ ]+' requirements/dev.txt)" | $(LOCK) - -o requirements/uv.txt

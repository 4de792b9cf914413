# The two commands of the README: `make serve` and `make test`. Each makes what it needs, once, in .venv/.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
# What npm installs for the tests that run Node: without npm or network they are skipped, and say so.
NODE := tests/node
NODE_READY := $(NODE)/node_modules/.ready
TSC := $(NODE)/node_modules/.bin/tsc
# Any Python from 3.11 on: `make PYTHON=python3.13 test` chooses one.
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
WORKERS ?= 2

.PHONY: serve test lowest-test check docs node-packages competitors pictures bench format dist dist-test container-test clean help

help:
	@echo "make serve    serve on 127.0.0.1:8025 (HTTP) and :1025 (SMTP); ARGS='--http-port 0' adds flags"
	@echo "make test     run the tests; ARGS='tests/smtp -k tls' chooses"
	@echo "make lowest-test      run them with the oldest versions that mockmail takes"
	@echo "make node-packages    install what the tests that run Node need; `make test` does it too"
	@echo "make check    ruff and mypy, and tsc for the web page"
	@echo "make docs     build the docs, which the server shows at /_mockmail/docs/; a warning is an error"
	@echo "make pictures take the pictures of the web page for docs/"
	@echo "make bench    measure what the README claims; make competitors installs what it compares with"
	@echo "make dist     build wheel and sdist"
	@echo "make dist-test        install the wheel in a fresh environment, and try it"
	@echo "make container-test   build the container image with buildah, and try it"

serve: $(INSTALLED)
	@exec $(BIN)/mockmail serve $(ARGS)

test: $(READY) $(NODE_READY)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

node-packages: $(NODE_READY)

LOWEST := $(VENV)-lowest
LOWEST_OF := import re, tomllib; \
	project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	extras = project["optional-dependencies"]; \
	wanted = project["dependencies"] + extras["test"] + extras["docs"]; \
	print(*(re.sub(">=", "==", one.partition(";")[0]) for one in wanted), sep="\n")

lowest-test:
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(PYTHON) -c '$(LOWEST_OF)' > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install -qq --disable-pip-version-check -c $(LOWEST)/constraints.txt -e '.[test,docs]'
	$(LOWEST)/bin/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(READY) $(NODE_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell
	@if [ -x $(TSC) ]; then $(TSC) -p tests/page; else echo "the types of the web page are not checked: there is no npm"; fi

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Other test doubles, for `make bench` to compare with.
competitors:
	npm install --silent --prefix .competitors maildev @mockoon/cli wiremock
	$(PYTHON) -m venv .competitors/venv
	.competitors/venv/bin/pip install -qq --disable-pip-version-check 'moto[server]'

docs: $(READY)
	$(BIN)/python -m docs.site

pictures: $(READY)
	$(BIN)/python tests/page/pictures.py

bench: $(READY)
	$(BIN)/python -m bench $(ARGS)

dist: $(READY)
	$(BIN)/python -m build

dist-test: $(READY) $(NODE_READY)
	$(BIN)/pytest tests/packaging/installed.py -p no:randomly

container-test: $(READY)
	tests/container/run.sh $(BIN)/pytest

clean:
	rm -rf $(VENV) $(LOWEST) $(NODE)/node_modules dist build mockmail/docs .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Pip's warnings are of no use to a user of mockmail.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check install --editable

$(INSTALLED): pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "mockmail needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "this Python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "installing mockmail into $(VENV), once"
	@$(PIP) .
	@touch $@

$(NODE_READY): $(NODE)/package.json
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $(NODE) >/dev/null 2>&1 || \
		echo "npm cannot install what tests/node/package.json lists; the tests that need it will be skipped"
	@mkdir -p $(@D)
	@touch $@

$(READY): $(INSTALLED)
	@echo "installing what the tests need into $(VENV), once"
	@$(PIP) '.[test,check,docs]'
	@touch $@

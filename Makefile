# The two commands of the README: `make serve` and `make test`. Each makes what it needs, once, in .venv/.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
# Any Python from 3.11 on: `make PYTHON=python3.13 test` chooses one.
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
WORKERS ?= 2

.PHONY: serve test lowest-test check clients node-packages competitors bench format dist dist-test container-test clean help

help:
	@echo "make serve    serve on 127.0.0.1:8025 (HTTP) and :1025 (SMTP); ARGS='--http-port 0' adds flags"
	@echo "make test     run the tests; ARGS='tests/smtp -k tls' chooses"
	@echo "make node-packages    install what the tests that run Node need; without it they are skipped"
	@echo "make lowest-test      run them with the oldest versions that mockmail takes"
	@echo "make clients  install Node 24 and nodemailer, which some tests drive"
	@echo "make check    ruff and mypy"
	@echo "make bench    measure what the README claims; make competitors installs what it compares with"
	@echo "make dist     build wheel and sdist"
	@echo "make dist-test        install the wheel in a fresh environment, and try it"
	@echo "make container-test   build the container image with buildah, and try it"

serve: $(INSTALLED)
	@exec $(BIN)/mockmail serve $(ARGS)

test: $(READY)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

node-packages:
	npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/node

LOWEST := $(VENV)-lowest
LOWEST_OF := import re, tomllib; \
	project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	wanted = project["dependencies"] + project["optional-dependencies"]["test"]; \
	print(*(re.sub(">=", "==", one.partition(";")[0]) for one in wanted), sep="\n")

lowest-test:
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(PYTHON) -c '$(LOWEST_OF)' > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install -qq --disable-pip-version-check -c $(LOWEST)/constraints.txt -e '.[test]'
	$(LOWEST)/bin/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Clients of npm, which some tests of TLS drive; without them, these tests are skipped.
clients:
	npm install --silent --no-save --prefix .clients node@24 nodemailer@7

# Other test doubles, for `make bench` to compare with.
competitors:
	npm install --silent --prefix .competitors maildev @mockoon/cli wiremock
	$(PYTHON) -m venv .competitors/venv
	.competitors/venv/bin/pip install -qq --disable-pip-version-check 'moto[server]'

bench: $(READY)
	$(BIN)/python -m bench $(ARGS)

dist: $(READY)
	$(BIN)/python -m build

dist-test: $(READY)
	$(BIN)/pytest tests/packaging/installed.py -p no:randomly

container-test: $(READY)
	tests/container/run.sh $(BIN)/pytest

clean:
	rm -rf $(VENV) $(LOWEST) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

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

$(READY): $(INSTALLED)
	@echo "installing what the tests need into $(VENV), once"
	@$(PIP) '.[test,check]'
	@touch $@

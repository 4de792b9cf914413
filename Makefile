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

.PHONY: serve test lowest-test check check-ci docs node-packages competitors pictures bench format dist dist-test \
	container-test coverage mutants news release-check clean help

help:
	@echo "make serve    serve on 127.0.0.1:8025 (HTTP) and :1025 (SMTP); ARGS='--http-port 0' adds flags"
	@echo "make test     run the tests; ARGS='tests/smtp -k tls' chooses"
	@echo "make lowest-test      run them with the oldest versions that mockmail takes"
	@echo "make node-packages    install what the tests that run Node need; `make test` does it too"
	@echo "make check    ruff, mypy and codespell, and tsc for the web page"
	@echo "make check-ci check the workflows, the examples for CI and the Dockerfile"
	@echo "make docs     build the docs, which the server shows at /_mockmail/docs/; a warning is an error"
	@echo "make pictures take the pictures of the web page for docs/"
	@echo "make bench    measure what the README claims; make competitors installs what it compares with"
	@echo "make dist     build wheel and sdist"
	@echo "make dist-test        install the wheel in a fresh environment, and try it"
	@echo "make container-test   build the container image with buildah, and try it"
	@echo "make coverage run the tests and report the lines and branches that none of them reaches"
	@echo "make mutants  change a module on purpose, and list the changes that no test notices; MODULE=wire/forms MINUTES=10"
	@echo "make news     show the next section of CHANGELOG.md"
	@echo "make release-check    check all that a release needs; docs/releasing.md says what else to do"

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

SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema
check-ci: $(READY)
	@$(PIP) '.[test,check,ci]'
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml examples/github-actions.yml
	$(SCHEMA) vendor.github-actions examples/github-action/action.yml
	$(SCHEMA) vendor.gitlab-ci --data-transform gitlab-ci examples/gitlab-ci.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.compose-spec compose.yaml
	$(SCHEMA) vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/zizmor --quiet --offline .github examples
	$(BIN)/hadolint --failure-threshold warning Dockerfile

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

# Tests that start mockmail in processes of their own are measured too.
coverage: $(READY) $(NODE_READY)
	@$(PIP) '.[test,check,coverage]'
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

MODULE ?= wire/headers
MINUTES ?= 10
mutants: $(READY)
	@$(PIP) '.[test,check,mutants]'
	$(BIN)/python tools/mutants.py $(MODULE) --minutes $(MINUTES) $(ARGS)

news: $(READY)
	@$(PIP) '.[test,check,release]'
	$(BIN)/towncrier build --draft --version next

release-check: $(READY)
	@$(PIP) '.[test,check,release]'
	$(BIN)/python tools/release_check.py $(ARGS)

clean:
	rm -rf $(VENV) $(LOWEST) $(NODE)/node_modules dist build mockmail/docs .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.coverage*

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

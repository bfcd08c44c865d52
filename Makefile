# Quietroom: the commands that people and CI use. `make help` lists them.

PYTHON ?= python3
BOOTSTRAP = $(PYTHON) -m config.development.bootstrap
MANAGE = .venv/bin/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench stack code mail words fuzz bundle-hashes

help: ## say what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: ## try Quietroom on http://localhost:8000 (PORT and RELAY_PORT change the ports)
	@$(BOOTSTRAP) run

test: ## every test, linter and type check; the last line counts them
	@$(BOOTSTRAP) test

check: ## linters and type checks alone
	@$(BOOTSTRAP) check

bench: ## the measurements of bench/ (BENCH=relay runs one, with OPTIONS="--seconds 5")
	@$(BOOTSTRAP) bench $(BENCH) $(OPTIONS)

stack: ## the processes of docker-compose.yml, without containers
	@$(BOOTSTRAP) stack

code: ## the present one-time code of a person of the demo: make code WHO=thea
	@$(MANAGE) code $(WHO)

mail: ## the mail that the demo would have sent
	@$(MANAGE) mail

words: ## collect the words of translated pages and compile their translations (locale/)
	@$(BOOTSTRAP) words

fuzz: ## bad input against every parser, for longer than in the tests (MINUTES=5 N=1000000)
	@$(BOOTSTRAP) fuzz $(or $(MINUTES),5) $(or $(N),1000000)

bundle-hashes: ## SHA-256 of each script and style, from a fresh build of this checkout
	@$(BOOTSTRAP) bundle-hashes

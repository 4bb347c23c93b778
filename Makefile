# 成桥 Chengqiao. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Where the real data for measuring lie; `make test` does not need them.
CHENGQIAO_DATA ?= ../shared/data
export CHENGQIAO_DATA

# Arguments for the program in `make run`.
ARGS ?= --demo

GO_SOURCES := $(shell find cmd config deploy internal frontend/embed.go frontend/pages.json -type f -not -name '*_test.go' -not -path '*/testdata/*' 2>/dev/null)
WEB_SOURCES := $(shell find frontend/src frontend/public frontend/scripts config/legal config/messages config/taxonomies -type f 2>/dev/null) \
	$(wildcard frontend/*.ts frontend/*.js frontend/index.html)

NODE_MODULES := frontend/node_modules/.package-lock.json
DIST := frontend/dist/index.html
PROGRAM := bin/chengqiao

##@ Use

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and start it with demo data
	$(PROGRAM) serve $(ARGS)

.PHONY: dev
dev: $(NODE_MODULES) ## Start API and web app, reloading on changes (http://localhost:5173)
	@scripts/dev.sh

.PHONY: build
build: $(PROGRAM) ## Build the web app and the program: bin/chengqiao

##@ Check

.PHONY: test
test: ## Everything that must hold before a change lands (at most 20 minutes on 2 cores)
	@scripts/test.sh

.PHONY: test-fast
test-fast: ## Go vet and tests, by the cache only what a change touches
	go vet ./...
	go test -timeout 40m ./...

.PHONY: test-long
test-long: tools ## Hours: race detector, fuzzing, many random cases (FUZZTIME=10m CHECKS=20000)
	@scripts/test-long.sh

.PHONY: lint
lint: $(NODE_MODULES) ## Formatting, vet, staticcheck, shell scripts, ESLint, types
	@scripts/lint.sh

.PHONY: generate
generate: $(NODE_MODULES) ## Generate the Go server and the TypeScript client from the contract
	go generate ./...
	cd frontend && npm run --silent generate

.PHONY: generate-check
generate-check: $(NODE_MODULES) ## Fail when generated code is not what the contract gives
	@scripts/generate-check.sh

.PHONY: tools
tools: ## Install what the tests need: PostgreSQL, Redis, Meilisearch, Chromium
	@scripts/install-test-tools.sh

##@ Measure (with the real data in CHENGQIAO_DATA)

.PHONY: eval
eval: build tools ## Search and matching quality against judged queries, on both engines
	@scripts/eval.sh

.PHONY: bench
bench: build tools ## Speed and memory: imports on both engines, Go benchmarks
	@scripts/bench.sh

##@ Tidy

.PHONY: clean
clean: ## Remove what was built (not data/)
	rm -rf bin frontend/node_modules frontend/test-results frontend/playwright-report
	find frontend/dist -mindepth 1 -not -name .gitkeep -delete

# npm writes this file last, so it is as new as the installation.
$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	touch $@

$(DIST): $(NODE_MODULES) $(WEB_SOURCES)
	cd frontend && npm run --silent build
	touch $@

$(PROGRAM): $(DIST) $(GO_SOURCES) go.mod go.sum
	CGO_ENABLED=0 go build -trimpath -o $@ ./cmd/chengqiao

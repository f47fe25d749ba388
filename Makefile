# Anju. The two commands: make run, make test. Both do their own set-up.
export GOFLAGS := -buildvcs=false
# Where there is no PostgreSQL, one copy of the npm package serves the demo and every test.
export ANJU_PG_NPM := $(CURDIR)/.anju/npm
BROWSER := $(firstword $(shell command -v chromium chromium-browser google-chrome 2>/dev/null))

.PHONY: run test build bench soak mutate setup browser generate shots

run: build                ## start the demo city
	./bin/anju demo

build: setup              ## bin/anju, the server with every subcommand
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/anju ./server
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/anju-agent ./kiosk/agent

setup: assets/node_modules/.installed

assets/node_modules/.installed: assets/package.json assets/package-lock.json
	cd assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

test: setup browser       ## format, vet, generated code, unit, store, HTTP and browser tests
	@unformatted=$$(gofmt -l $$(git ls-files '*.go' | grep -v '_templ\.go$$')); test -z "$$unformatted" || { echo "not gofmt-clean: $$unformatted" >&2; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	./.ci/generated
	go test -timeout 9m -skip "^TestJourney" ./...
	go test -timeout 9m -run "^TestJourney" ./server

browser:                  ## Chromium and a Chinese font for the browser tests
	./.ci/browser

generate:                 ## the Go code of the templ files
	go tool templ generate

bench: setup              ## benchmarks, each beside its own reference
	go test -run '^$$' -bench . -benchtime 2s ./...

soak: setup browser       ## the long runs: fuzzing, and every page in every size
	./.ci/soak

mutate:                   ## invert each rule of the law once and see a test fail; about an hour
	go run ./.ci/mutate

shots: setup browser      ## the README's screenshots, into docs/shots
	ANJU_SHOTS=docs/shots go test -count=1 -run '^TestShots$$' ./server

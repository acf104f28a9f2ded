.PHONY: check test long screenshots mongo

check: ## what a reviewer checks first
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go test -timeout 25m ./...

test:
	go test -timeout 25m ./...

long: ## longer forms of tests and measurements, written into docs/long.md; one part: make long PARTS=race
	.ci/long $(PARTS)

screenshots: ## every page at 360 px light and 1440 px dark into build/screenshots, for a person to look at
	APEL_SCREENSHOTS=$(CURDIR)/build/screenshots go test -count=1 -timeout 20m -run 'Story|InABrowser' ./web
	@echo "look at build/screenshots/360-light and build/screenshots/1440-dark"

mongo: ## the storage contract, races included, on a real MongoDB: make mongo URI=mongodb://host/db
	APEL_TEST_MONGO=$(URI) go test -count=1 ./internal/storage/mongo ./internal/storage/backup

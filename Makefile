# `make run` and `make test` are all a new machine needs; the other targets are steps of theirs.

SWIFT ?= swift
REPORT ?=
SUITE ?=
BUILD_FLAGS = --explicit-target-dependency-import-check error

.PHONY: run test build release check unit suite peers fuzz format setup setup-test clean help

help:
	@echo "make run      install what is missing, build, run the suite against the reference edge"
	@echo "make test     everything a change must pass: format, builds, tests, fuzz corpora, the suite, HAProxy and nginx"
	@echo "make format   put the sources into the project's format"
	@echo "make fuzz     fuzz every parser for a minute each"
	@echo "make clean    remove what was built"

run: setup release
	.build/release/shakedown run $(if $(REPORT),--report $(REPORT)) $(SUITE)

test: setup setup-test check unit release suite peers

setup:
	@Scripts/setup.sh build

setup-test:
	@Scripts/setup.sh test

check:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

build:
	$(SWIFT) build --build-tests $(BUILD_FLAGS)

release:
	$(SWIFT) build -c release $(BUILD_FLAGS)

# The programs apart from the rest: a test that signals one at a certain moment must not wait for a thread among hundreds.
unit: build
	$(SWIFT) test --skip-build --skip IntegrationTests --xunit-output .build/tests.xml
	$(SWIFT) test --skip-build --filter IntegrationTests --xunit-output .build/integration-tests.xml

suite: release
	.build/release/shakedown run --report Reports/test-reference

peers: release
	Scripts/run-peer.sh haproxy
	Scripts/run-peer.sh nginx

fuzz:
	Scripts/fuzz.sh

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	rm -rf .build

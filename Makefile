# `make run` and `make test` are all a new machine needs; the other targets are steps of theirs.

SWIFT ?= swift
REPORT ?=
SUITE ?=
# One configuration is built, for users and for tests alike. Line tables are what a crash report needs; all of DWARF takes
# another seventh of the compilers' time.
BUILD_FLAGS = -c release --explicit-target-dependency-import-check error \
    -Xswiftc -gline-tables-only -Xcc -gline-tables-only

.PHONY: run test build build-tests debug check unit suite peers compat fuzz mutants format setup setup-test clean help

help:
	@echo "make run      install what is missing, build, run the suite against the reference edge"
	@echo "make test     everything a change must pass: format, builds, tests, fuzz corpora, the suite, HAProxy and nginx"
	@echo "make compat   run every target that is installed, and publish what each of them does in Reports/Published and the README"
	@echo "make format   put the sources into the project's format"
	@echo "make debug    build and test with the assertions of the libraries, which release builds leave out"
	@echo "make fuzz     fuzz every parser for a minute each"
	@echo "make mutants  plant small bugs in edge and agent, one at a time, and see what notices them (an hour; ONLY='routing.*')"
	@echo "make clean    remove what was built"

run: setup build
	.build/release/shakedown run $(if $(REPORT),--report $(REPORT)) $(SUITE)

test: setup setup-test check unit suite peers

setup:
	@Scripts/setup.sh build

setup-test:
	@Scripts/setup.sh test

check:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

build:
	$(SWIFT) build $(BUILD_FLAGS)

# What `make build` made stays as it is: test targets are added.
build-tests:
	$(SWIFT) build --build-tests $(BUILD_FLAGS)

# In three parts. Tests that only compute, or start one program after the other, hold every thread for seconds, and a test that
# talks over a socket then misses its deadline; and one that signals a program at a certain moment must not wait for a thread
# among hundreds.
COMPUTING = (CertificateRecipes|EdgeStore|Reports|Runner|ScenarioFiles|Targets|Verdicts)Tests[.]
unit: build-tests
	$(SWIFT) test -c release --skip-build --skip 'IntegrationTests|$(COMPUTING)' --xunit-output .build/tests.xml
	$(SWIFT) test -c release --skip-build --filter '$(COMPUTING)' --xunit-output .build/computing-tests.xml
	$(SWIFT) test -c release --skip-build --filter IntegrationTests --xunit-output .build/integration-tests.xml

debug:
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build --skip 'IntegrationTests|$(COMPUTING)'
	$(SWIFT) test --skip-build --filter '$(COMPUTING)'
	$(SWIFT) test --skip-build --filter IntegrationTests

suite: build
	.build/release/shakedown run --report Reports/test-reference

peers: build
	Scripts/run-peer.sh haproxy
	Scripts/run-peer.sh nginx

# What is committed is told from what was there before, if anything was.
PUBLISHED = Reports/Published
compat: build
	.build/release/shakedown compat --publish $(PUBLISHED) --summary-into README.md \
	    $(if $(wildcard $(PUBLISHED)/compatibility.json),--compare $(PUBLISHED)/compatibility.json) \
	    $(if $(TARGETS),--targets $(TARGETS)) $(SUITE)

fuzz:
	Scripts/fuzz.sh

mutants: export MUTANTS = 1
mutants: setup setup-test
	$(SWIFT) build $(BUILD_FLAGS) --product mutants
	.build/release/mutants $(ONLY) $(if $(TABLE),--table $(TABLE))

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	rm -rf .build

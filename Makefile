# The scripts of package.json under the names that make's users expect; npm does the work.
.PHONY: build test test-cluster image bench demo debug
build test image bench demo:
	npm run $@
test-cluster:
	npm run test:cluster
# make debug OP="peek mayor": one operation under Node's inspector.
OP ?= --help
debug: build
	npm run debug -- $(OP)

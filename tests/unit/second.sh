#!/bin/sh
# The other half of the unit tests' suites, so that two processors share them. Run from the build folder.
exec ./tests/unit/unit 2/2

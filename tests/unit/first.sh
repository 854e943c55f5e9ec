#!/bin/sh
# Half of the unit tests' suites, so that two processors share them. Run from the build folder.
exec ./tests/unit/unit 1/2

/* One line for each file of tests/unit. */
SUITE(clock)
SUITE(state)

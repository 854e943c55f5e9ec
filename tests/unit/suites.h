/* One line for each file of tests/unit. */
SUITE(clock)
SUITE(disk)
SUITE(state)
SUITE(display)
SUITE(screenshot)
SUITE(pic)
SUITE(pit)

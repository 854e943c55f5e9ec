/* SPDX-License-Identifier: MIT */
/*
 * The run loop: exact events, both flavours, exceptions.
 *
 * cpu->budget counts down while code runs: its upper half is the cycles that are left until the
 * deadline, less what a block can cost at most, its lower half counts instructions. Each exit of a
 * block subtracts what it took to get there. Below zero the fast flavour leaves, and the last
 * stretch is run plain, instruction by instruction, to the very cycle. So an interrupt arrives
 * after the same instruction whatever the blocks look like.
 */
#include "cpu/engine.h"
#include "cpu/protect.h"
#include "cpu/virtual.h"

/* The suites of the room ops. */
#ifndef SEINPOST_TESTS_UNIT_OPS_H
#define SEINPOST_TESTS_UNIT_OPS_H

#include "unit.h"

Suite *confine_suite(void);

#endif

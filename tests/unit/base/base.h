/* The suites of the room base. */
#ifndef SEINPOST_TESTS_UNIT_BASE_H
#define SEINPOST_TESTS_UNIT_BASE_H

#include "unit.h"

Suite *duration_suite(void);

#endif

/* The suites of the room run. */
#ifndef SEINPOST_TESTS_UNIT_RUN_H
#define SEINPOST_TESTS_UNIT_RUN_H

#include "unit.h"

Suite *worker_suite(void);

#endif

/* The suites of the room correlate. */
#ifndef SEINPOST_TESTS_UNIT_CORRELATE_H
#define SEINPOST_TESTS_UNIT_CORRELATE_H

#include "unit.h"

Suite *chain_suite(void);
Suite *decay_suite(void);
Suite *window_suite(void);

#endif

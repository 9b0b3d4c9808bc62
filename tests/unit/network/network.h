/* The suites of the network room. */
#ifndef SEINPOST_TESTS_NETWORK_H
#define SEINPOST_TESTS_NETWORK_H

#include "unit.h"

Suite *component_suite(void);
Suite *graph_suite(void);
Suite *keystone_suite(void);

#endif

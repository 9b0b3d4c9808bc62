/* The suites of the room schema. */
#ifndef SEINPOST_TESTS_UNIT_SCHEMA_H
#define SEINPOST_TESTS_UNIT_SCHEMA_H

#include "unit.h"

Suite *avro_suite(void);
Suite *binary_suite(void);
Suite *catalogue_suite(void);
Suite *event_suite(void);
Suite *kind_suite(void);
Suite *logical_suite(void);
Suite *money_suite(void);
Suite *path_suite(void);
Suite *place_suite(void);
Suite *value_suite(void);
Suite *vocabulary_suite(void);

#endif

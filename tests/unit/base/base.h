/* The suites of the room base. */
#ifndef SEINPOST_TESTS_UNIT_BASE_H
#define SEINPOST_TESTS_UNIT_BASE_H

#include "unit.h"

Suite *arena_suite(void);
Suite *counter_suite(void);
Suite *diag_suite(void);
Suite *digest_suite(void);
Suite *duration_suite(void);
Suite *file_suite(void);
Suite *heap_suite(void);
Suite *instant_suite(void);
Suite *log_suite(void);
Suite *nearest_suite(void);
Suite *signature_suite(void);
Suite *slice_suite(void);
Suite *table_suite(void);
Suite *text_suite(void);
Suite *trouble_suite(void);
Suite *utf8_suite(void);
Suite *vector_suite(void);

#endif

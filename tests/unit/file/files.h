/* The suites of the room file. */
#ifndef SEINPOST_TESTS_UNIT_FILES_H
#define SEINPOST_TESTS_UNIT_FILES_H

#include "unit.h"

Suite *memory_suite(void);
Suite *snapshot_folder_suite(void);
Suite *writers_suite(void);

#endif

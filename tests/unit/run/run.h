/* The suites of the room run. */
#ifndef SEINPOST_TESTS_UNIT_RUN_H
#define SEINPOST_TESTS_UNIT_RUN_H

#include "unit.h"

Suite *budget_suite(void);
Suite *reload_suite(void);
Suite *reload_faults_suite(void);
Suite *reloads_suite(void);
Suite *scribe_suite(void);
Suite *setback_suite(void);
Suite *snapshots_suite(void);
Suite *supervisor_suite(void);
Suite *watchdog_suite(void);
Suite *worker_suite(void);
Suite *worker_ends_suite(void);
Suite *worker_faults_suite(void);
Suite *worker_holds_suite(void);
Suite *worker_memory_suite(void);

#endif

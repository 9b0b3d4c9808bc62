/* The suites of the room correlate. */
#ifndef SEINPOST_TESTS_UNIT_CORRELATE_H
#define SEINPOST_TESTS_UNIT_CORRELATE_H

#include "unit.h"

Suite *absence_suite(void);
Suite *cell_suite(void);
Suite *chain_suite(void);
Suite *clock_suite(void);
Suite *counting_suite(void);
Suite *decay_suite(void);
Suite *episode_suite(void);
Suite *held_suite(void);
Suite *lanes_suite(void);
Suite *moving_suite(void);
Suite *sequence_suite(void);
Suite *store_image_suite(void);
Suite *store_order_suite(void);
Suite *store_suite(void);
Suite *window_play_suite(void);
Suite *window_suite(void);

#endif

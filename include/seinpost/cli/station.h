/* station: a whole daemon: configuration, rules, workers on Kafka, and its pages over HTTP.
 * `seinpostd` and `demo` run the same one.
 *
 * Owns:    all of it.
 * Thread:  the main one.
 * Fails:   station_open() by NULL with the faults printed; running, its workers start anew by
 * themselves.
 */
#ifndef SEINPOST_CLI_STATION_H
#define SEINPOST_CLI_STATION_H

#include "seinpost/cli/plan.h"

#include <stdio.h>

struct station;
struct program;
struct formats;

/* Loads everything and checks it. `instance` NULL: the configuration's. Faults go to `out`. */
struct station *station_open(const struct config_data *config, const char *instance, FILE *out);
void station_close(struct station *station);

const struct plan *station_plan(const struct station *station);
const struct program *station_program(const struct station *station);

const struct formats *station_formats(const struct station *station);

/* Checks that our topics are there as they must be. Prints what is not. */
bool station_check_topics(struct station *station, FILE *out);

/* Starts workers and pages. Returns false when the address is taken. */
bool station_start(struct station *station);
void station_stop(struct station *station);

/* Loads the rules anew. Those with faults are not taken: the others stay at work. */
void station_reload(struct station *station);

/* What is to be done every few seconds: looks whether rule files have changed. */
void station_look(struct station *station);

bool station_is_ready(const struct station *station);

#endif

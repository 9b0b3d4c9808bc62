/* tamper: the judge is judged: what a good run left is spoiled in one way, and the claim that
 * forbids it must say so.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_TAMPER_H
#define SIM_TAMPER_H

#include "world.h"

struct text;

enum tamper_result {
    TAMPER_NOTHING, /* the run had nothing of the kind */
    TAMPER_NOTICED,
    TAMPER_UNNOTICED,
};

size_t tamper_count(void);
const char *tamper_name(size_t index);

/* Runs a plan, spoils what it left, and asks the claim. */
enum tamper_result tamper_try(size_t index, const struct bench *bench,
                              const struct world_plan *plan);

#endif

/* sarif: faults in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS
 * standard), which code review tools show beside the lines.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_SARIF_H
#define SEINPOST_CLI_SARIF_H

#include "seinpost/base/diag.h"

/* Prints one log with one run. */
void sarif_print(const struct diag *diag, FILE *out);

#endif

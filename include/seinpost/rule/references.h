/* references: does all exist and run that the documents of a program name?
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E301, E305, W702 and W708; a rule whose source of alerts does not run does
 * not run either.
 */
#ifndef SEINPOST_RULE_REFERENCES_H
#define SEINPOST_RULE_REFERENCES_H

#include "seinpost/rule/assembly.h"

/* Checks once all rules are compiled. */
void references_check(struct assembly *assembly);

#endif

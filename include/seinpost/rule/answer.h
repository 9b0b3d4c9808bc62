/* answer: asks predicates of events: equality, order, text, lists, calendar.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never; what is missing answers no.
 */
#ifndef SEINPOST_RULE_ANSWER_H
#define SEINPOST_RULE_ANSWER_H

#include "seinpost/rule/predicate.h"

/* Asks an event. */
bool answer_predicate(const struct predicate *predicate, const struct event *event,
                      const struct list_set *lists);

/* Asks two single values: of the later event, and of the earlier one. */
bool answer_pair(enum predicate_test test, bool negated, const struct value *later,
                 const struct value *earlier);

#endif

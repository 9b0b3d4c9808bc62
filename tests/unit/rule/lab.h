/* The suites of the room rule, and an event type with a field of every sort, which the shipped
 * catalogue does not have.
 */
#ifndef SEINPOST_TESTS_UNIT_LAB_H
#define SEINPOST_TESTS_UNIT_LAB_H

#include "kit.h"

/* The kit with a catalogue of `air.thing` alone: word, words (text), code, codes, number,
 * other, size (unit km), flag, amount (money), fee (money), start, end (time), place, places,
 * payer_ref (card, debtor), payee_ref (card, creditor). */
struct kit lab_begin(void);

/* What compiles parts of rules over it; reads of lists go to a new set. */
struct compile lab_compile(struct kit *kit);

/* Reads a text as YAML; a fault fails the test. */
const struct tree *lab_tree(struct kit *kit, const char *yaml);

Suite *approval_suite(void);
Suite *expression_suite(void);
Suite *index_suite(void);
Suite *list_suite(void);
Suite *literal_suite(void);
Suite *load_suite(void);
Suite *meaning_suite(void);
Suite *predicate_suite(void);
Suite *predicate_faults_suite(void);
Suite *rule_suite(void);
Suite *ruletest_suite(void);
Suite *succession_suite(void);
Suite *wildcard_suite(void);

#endif

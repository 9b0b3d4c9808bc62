/* account_json: an account as one JSON object, for tools.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_ACCOUNT_JSON_H
#define SEINPOST_CLI_ACCOUNT_JSON_H

#include "seinpost/cli/account.h"

/* Appends the object and a line end. */
void account_json(const struct account *account, struct text *text);

#endif

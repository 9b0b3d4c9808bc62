#include "seinpost/cli/verb.h"

#include <stdio.h>

int verb_usage(const char *text, int asked)
{
    (void)fputs(text, asked != 0 ? stdout : stderr);
    return asked != 0 ? VERB_GOOD : VERB_USAGE;
}

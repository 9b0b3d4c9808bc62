#include "seinpost/cli/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool verb_written(FILE *out)
{
    if (fflush(out) == 0 && ferror(out) == 0) {
        return true;
    }
    (void)fprintf(stderr, "seinpost: the output could not be written: %s\n", strerror(errno));
    return false;
}

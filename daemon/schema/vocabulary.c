#include "seinpost/schema/vocabulary.h"

const char *const vocabulary_purposes[] = {"smuggling", "illegal_employment", "trafficking",
                                           NULL};

const char *const vocabulary_legal_bases[] = {
    "pnr-6.2a",   "api-2025-13", "wwft-fiu", "amlr-75",      "wgs-riec", "wgs-fec",
    "hrw-public", "brp-2.34",    "sv-126nd", "consent-none", NULL};

const char *const vocabulary_stages[] = {"recruitment", "identity", "entry", "transport",
                                         "residence",   "housing",  "work",  "finance",
                                         "exit",        NULL};

const char *const vocabulary_levels[] = {"informational", "low",      "medium",
                                         "high",          "critical", NULL};

const char *const vocabulary_tracks[] = {"admin", "criminal", "support", NULL};

const char *const vocabulary_handlings[] = {"H0", "H1", "H2", "H3", NULL};

const char *const vocabulary_tlps[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED", NULL};

const char *const vocabulary_evals[] = {"A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4", "C1",
                                        "C2", "C3", "C4", "X1", "X2", "X3", "X4", NULL};

const char *const vocabulary_sectors[] = {"air",     "rail", "bank", "card",
                                          "housing", "kvk",  NULL};

int vocabulary_find(const char *const *list, struct slice word)
{
    for (int i = 0; list[i] != NULL; i++) {
        if (slice_is(word, list[i])) {
            return i;
        }
    }
    return -1;
}

#include "seinpost/cli/sector.h"

#include <stddef.h>
#include <string.h>

#define ALL    "smuggling, illegal_employment, trafficking"
#define TRAVEL "smuggling, trafficking"
#define RAIL_REMARK                                                                            \
    "European law allows little of it (C-817/19), and its matches may be kept for 30 days: "   \
    "see "                                                                                     \
    "deploy/rules/INDICATORS.md before it is `enabled: true`"

static const struct sector sectors[] = {
    {"air", TRAVEL, "pnr-6.2a, api-2025-13", "48h", "5m", "26w", "AMS", NULL},
    {"rail", TRAVEL, "wgs-riec", "24h", "5m", "30d", "8400058", RAIL_REMARK},
    {"bank", ALL, "wwft-fiu", "48h", "5m", "26w", "NL", NULL},
    {"card", ALL, "wwft-fiu", "48h", "5m", "26w", "NL", NULL},
    {"housing", ALL, "wgs-riec, brp-2.34", "5w", "1d", "52w", "NL", NULL},
    {"kvk", ALL, "hrw-public", "2d", "1d", "104w", "NL", NULL},
};

const struct sector *sector_find(const char *name)
{
    for (size_t i = 0; i < sizeof sectors / sizeof sectors[0]; i++) {
        if (strcmp(sectors[i].name, name) == 0) {
            return &sectors[i];
        }
    }
    return NULL;
}

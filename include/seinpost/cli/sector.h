/* sector: what a source of a sector may begin with: purposes and legal bases that are lawful
 * for it, and how its time behaves. deploy/seinpost.yaml says the same of its sources.
 *
 * Owns:    nothing; the table is constant.
 * Thread:  any.
 * Fails:   by NULL: there is no such sector.
 */
#ifndef SEINPOST_CLI_SECTOR_H
#define SEINPOST_CLI_SECTOR_H

struct sector {
    const char *name;     /* as in vocabulary_sectors */
    const char *purposes; /* `a, b` */
    const char *legal_bases;
    const char *lateness; /* durations */
    const char *idle;
    const char *retention;
    const char *place;  /* an example of a place of it */
    const char *remark; /* what to mind before it is switched on; NULL: nothing */
};

const struct sector *sector_find(const char *name);

#endif

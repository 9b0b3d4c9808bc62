/* delivery: which desk is told of an alert, and how much: all that it may see, that there is
 * one, or nothing.
 *
 * Whatever the routes say: an alert stays in its track (Awb 3:3) until a record lets it cross;
 * what may be of a victim is told to support first, and belongs to that track alone until it
 * crosses; an immigration desk is never told of it. A desk has an alert only within its
 * handling and TLP, and for a purpose of its own.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_MODEL_DELIVERY_H
#define SEINPOST_MODEL_DELIVERY_H

#include "seinpost/model/combination.h"
#include "seinpost/model/model.h"

enum delivery_extent {
    DELIVERY_NOTHING,
    DELIVERY_STUB,
    DELIVERY_WHOLE,
};

/* What is known of the alert. */
struct delivery_question {
    struct routes_values values; /* its labels, for the routes */
    int track;                   /* -1: none said */
    bool victim;                 /* it may be of one */
    struct combination law;
    struct instant at;
};

struct delivery {
    const struct desks_desk *desk;
    size_t topic; /* the desk's place among those that are told alerts */
    enum delivery_extent extent;
    const struct routes_transition *by; /* it crossed to the desk's track; NULL: it did not */
    const char *why;                    /* not the whole of it; NULL */
};

/* Decides for each desk to which the alert is routed, support before others. Returns how many.
 */
size_t delivery_decide(const struct model *model, const struct delivery_question *question,
                       struct delivery deliveries[ROUTES_DESKS_MAX]);

/* Returns how many desks are told alerts. */
size_t delivery_topics(const struct model *model);

#endif

#include "seinpost/model/delivery.h"

#include "seinpost/schema/vocabulary.h"

enum {
    TRACK_SUPPORT = 2 /* in vocabulary_tracks */
};

static bool is_on(const struct desks_desk *desk, int track)
{
    return track >= 0 && (desk->tracks >> (unsigned)track & 1) != 0;
}

static const struct routes_transition *find_crossing(const struct model *model,
                                                     const struct desks_desk *desk,
                                                     const struct delivery_question *question,
                                                     int from)
{
    for (int to = 0; vocabulary_tracks[to] != NULL; to++) {
        const struct routes_transition *by =
            !is_on(desk, to)
                ? NULL
                : routes_cross(&model->routes, &question->values, question->at, from, to);
        if (by != NULL) {
            return by;
        }
    }
    return NULL;
}

/* Returns why the desk may not have it; NULL: it may. */
static const char *find_bar(const struct desks_desk *desk, const struct combination *law)
{
    if ((law->purposes & desk->purposes) == 0) {
        return "no purpose of the desk";
    }
    if (law->handling > desk->handling_max) {
        return "handling beyond the desk's";
    }
    return law->tlp > desk->tlp_max ? "TLP beyond the desk's" : NULL;
}

static void decide(const struct model *model, const struct delivery_question *question,
                   struct delivery *delivery)
{
    const struct desks_desk *desk = delivery->desk;
    const int track = question->victim ? TRACK_SUPPORT : question->track;

    if (question->victim && desk->immigration) {
        delivery->extent = DELIVERY_NOTHING;
        delivery->why = "an immigration desk, and it may be of a victim";
        return;
    }
    if (!is_on(desk, track)) {
        delivery->by = find_crossing(model, desk, question, track);
        delivery->why = delivery->by != NULL ? NULL
                        : question->victim   ? "support comes first, and no transition follows"
                                             : "another track, and no transition";
    }
    if (delivery->why == NULL) {
        delivery->why = find_bar(desk, &question->law);
    }
    delivery->extent = delivery->why == NULL           ? DELIVERY_WHOLE
                       : desk->otherwise == DESKS_STUB ? DELIVERY_STUB
                                                       : DELIVERY_NOTHING;
}

static uint64_t support_of(const struct model *model)
{
    uint64_t desks = 0;

    for (size_t i = 0; i < model->desks.count; i++) {
        desks |= is_on(&model->desks.items[i], TRACK_SUPPORT) ? UINT64_C(1) << i : 0;
    }
    return desks;
}

size_t delivery_decide(const struct model *model, const struct delivery_question *question,
                       struct delivery deliveries[ROUTES_DESKS_MAX])
{
    const uint64_t support = support_of(model);
    const uint64_t routed =
        routes_find(&model->routes, &question->values) | (question->victim ? support : 0);
    const uint64_t turns[] = {routed & support, routed & ~support};
    size_t count = 0;

    for (size_t turn = 0; turn < sizeof turns / sizeof turns[0]; turn++) {
        size_t topic = 0;
        for (size_t i = 0; i < model->desks.count; i++) {
            const struct desks_desk *desk = &model->desks.items[i];
            if ((turns[turn] >> i & 1) != 0) {
                deliveries[count] = (struct delivery){.desk = desk, .topic = topic};
                decide(model, question, &deliveries[count++]);
            }
            topic += desk->tracks != 0 ? 1 : 0;
        }
    }
    return count;
}

size_t delivery_topics(const struct model *model)
{
    size_t topics = 0;

    for (size_t i = 0; i < model->desks.count; i++) {
        topics += model->desks.items[i].tracks != 0 ? 1 : 0;
    }
    return topics;
}

#include "seinpost/stage/proof.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"

#include <stdlib.h>

/* The first watermark of a source's partition covers all that came from it before. */
void proof_watermark(struct proof *proof, const struct watermark *watermark)
{
    struct text key = {0};

    if (!proof->asks || !proof->moved) {
        return;
    }
    if (proof->heard == NULL) {
        proof->heard = table_new();
        proof->gone = INSTANT_MIN;
    }
    text_format(&key, "%.*s/%d", SLICE_ARGS(watermark->source), (int)watermark->partition);
    if (table_get(proof->heard, text_slice(&key)) != NULL) {
        text_free(&key);
        return;
    }
    table_put(proof->heard, text_slice(&key), key.data); /* it owns itself */
    proof->gone = instant_latest(proof->gone, watermark->high);
}

bool proof_holds(const struct proof *proof, const struct tail *replayed,
                 const struct store *store)
{
    if (!proof->asks) {
        return true;
    }
    if (!proof->moved) {
        return tail_equal(&proof->said, replayed);
    }
    /* before all sources were heard of, what is missing has no bound */
    return !store_hears_all(store) || tail_covers(&proof->said, replayed, proof->gone);
}

static void free_key(void *key, void *context)
{
    (void)context;
    free(key);
}

void proof_free(struct proof *proof)
{
    if (proof->heard != NULL) {
        table_each(proof->heard, free_key, NULL);
        table_free(proof->heard);
        proof->heard = NULL;
    }
    tail_free(&proof->said);
}

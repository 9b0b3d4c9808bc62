#include "seinpost/cli/scroll.h"

#include "seinpost/base/log.h"
#include "seinpost/cli/progress.h"

enum {
    WAIT_MS = 500,
    QUIET_MAX = 60, /* so many polls in a row without an answer: the brokers are away */
};

enum outcome scroll_read(const struct rereader *rereader, struct record_partition partition,
                         const struct scroll_reader *reader)
{
    struct progress *progress = progress_new(reader->what, 0);
    struct rereader_batch batch = {0};
    enum outcome outcome = rereader->open(rereader->self, partition);
    bool wants = true;
    size_t quiet = 0;
    size_t done = 0;

    while (outcome == OUTCOME_OK && wants && !batch.at_end) {
        outcome = rereader->poll(rereader->self, INT64_MAX, WAIT_MS, &batch);
        for (size_t i = 0; outcome == OUTCOME_OK && wants && i < batch.count; i++) {
            wants = reader->take(reader->context, &batch.records[i]);
            progress_step(progress, ++done);
        }
        quiet = batch.count > 0 ? 0 : quiet + 1;
        if (quiet > QUIET_MAX) {
            log_error("%s[%d] does not answer", partition.topic, partition.partition);
            outcome = OUTCOME_STOP;
        }
    }
    if (outcome == OUTCOME_OK) {
        rereader->close(rereader->self);
    }
    progress_free(progress);
    return outcome;
}

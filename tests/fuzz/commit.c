/* The metadata of an offset commit, which anybody with the right tool can write. */
#include "mill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mill *mill = mill_get();
    const struct slice metadata = fuzz_copy(data, size);
    struct stage stage = mill_correlator(mill, 10, metadata);
    struct stage ingest = mill_ingest(mill);
    const struct stage_assignment assignment = {
        .partition = {"events", 1}, .partitions = 2, .committed = 10, .metadata = metadata};

    (void)stage.refused(stage.self, mill_matches);
    ingest.assigned(ingest.self, &assignment);
    stage.free(stage.self);
    ingest.free(ingest.self);
    fuzz_free(metadata);
    return 0;
}

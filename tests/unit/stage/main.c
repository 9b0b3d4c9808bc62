#include "yard.h"

int main(void)
{
    Suite *const suites[] = {bounds_suite(),
                             correlator_suite(),
                             ingest_suite(),
                             intake_suite(),
                             matching_suite(),
                             outbox_suite(),
                             part_image_suite(),
                             proof_suite(),
                             quiet_suite(),
                             tail_suite(),
                             NULL};

    return unit_run(suites);
}

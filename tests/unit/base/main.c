#include "base.h"

int main(void)
{
    Suite *const suites[] = {arena_suite(),   counter_suite(),   diag_suite(),
                             digest_suite(),  duration_suite(),  file_suite(),
                             heap_suite(),    instant_suite(),   log_suite(),
                             nearest_suite(), signature_suite(), slice_suite(),
                             table_suite(),   text_suite(),      trouble_suite(),
                             utf8_suite(),    vector_suite(),    NULL};

    return unit_run(suites);
}

#include "correlate.h"

int main(void)
{
    Suite *const suites[] = {absence_suite(),
                             cell_suite(),
                             chain_suite(),
                             clock_suite(),
                             counting_suite(),
                             decay_suite(),
                             episode_suite(),
                             held_suite(),
                             lanes_suite(),
                             moving_suite(),
                             sequence_suite(),
                             store_image_suite(),
                             store_order_suite(),
                             store_suite(),
                             window_play_suite(),
                             window_suite(),
                             NULL};

    return unit_run(suites);
}

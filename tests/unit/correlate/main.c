#include "correlate.h"

int main(void)
{
    Suite *const suites[] = {chain_suite(), decay_suite(), window_suite(), NULL};

    return unit_run(suites);
}

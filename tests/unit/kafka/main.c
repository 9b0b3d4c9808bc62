#include "kafka.h"

int main(void)
{
    Suite *const suites[] = {place_suite(), producer_suite(), NULL};

    return unit_run(suites);
}

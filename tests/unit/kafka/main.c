#include "kafka.h"

int main(void)
{
    Suite *const suites[] = {producer_suite(), NULL};

    return unit_run(suites);
}

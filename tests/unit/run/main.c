#include "run.h"

int main(void)
{
    Suite *const suites[] = {worker_suite(), NULL};

    return unit_run(suites);
}

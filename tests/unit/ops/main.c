#include "ops.h"

int main(void)
{
    Suite *const suites[] = {confine_suite(), NULL};

    return unit_run(suites);
}

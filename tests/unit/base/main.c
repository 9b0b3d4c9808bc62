#include "base.h"

int main(void)
{
    Suite *const suites[] = {duration_suite(), NULL};

    return unit_run(suites);
}

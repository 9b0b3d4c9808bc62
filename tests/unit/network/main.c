#include "network.h"

int main(void)
{
    Suite *const suites[] = {component_suite(), graph_suite(), keystone_suite(), NULL};

    return unit_run(suites);
}

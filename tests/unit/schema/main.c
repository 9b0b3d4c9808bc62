#include "schema.h"

int main(void)
{
    Suite *const suites[] = {avro_suite(),  binary_suite(),  catalogue_suite(),  event_suite(),
                             kind_suite(),  logical_suite(), money_suite(),      path_suite(),
                             place_suite(), value_suite(),   vocabulary_suite(), NULL};

    return unit_run(suites);
}

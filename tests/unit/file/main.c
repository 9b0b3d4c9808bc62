#include "files.h"

int main(void)
{
    Suite *const suites[] = {memory_suite(), snapshot_folder_suite(), writers_suite(), NULL};

    return unit_run(suites);
}

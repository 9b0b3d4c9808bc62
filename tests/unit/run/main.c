#include "run.h"

int main(void)
{
    Suite *const suites[] = {budget_suite(),       reload_suite(),        reload_faults_suite(),
                             reloads_suite(),      scribe_suite(),        setback_suite(),
                             snapshots_suite(),    supervisor_suite(),    watchdog_suite(),
                             worker_suite(),       worker_ends_suite(),   worker_faults_suite(),
                             worker_holds_suite(), worker_memory_suite(), NULL};

    return unit_run(suites);
}

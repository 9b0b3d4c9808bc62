/* seinpostd: the daemon, in the foreground, as service managers want it. */
#include "seinpost/base/log.h"
#include "seinpost/cli/inspection.h"
#include "seinpost/cli/station.h"
#include "seinpost/cli/verb.h"
#include "seinpost/ops/notify.h"
#include "seinpost/run/setback.h"

#include <curl/curl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>

enum {
    LOOK_S = 2 /* so often it is seen whether rule files have changed */
};

static const char usage[] =
    "usage: seinpostd --config FILE [--instance NAME]\n"
    "Reads partners' events, correlates them by the rules, publishes alerts. It stays in the\n"
    "foreground and logs to standard error; SIGTERM and SIGINT end it in good order, SIGHUP\n"
    "loads the rules anew.\n"
    "\n"
    "  --config FILE    configuration (see deploy/seinpost.yaml)\n"
    "  --instance NAME  stable name of this daemon (default: the configuration's)\n"
    "  --help\n"
    "\n"
    "Topics and groups are made beforehand by `seinpost topics create`.\n"
    "Exit: 0 ended in good order, 2 configuration or rules have faults, 3 the world failed,\n"
    "75 a call hung or the wall clock was set back: it is to be started again.\n";

struct options {
    const char *config;
    const char *instance;
};

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"config", required_argument, NULL, 'c'},
        {"instance", required_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };

    for (int option = 0; option >= 0;) {
        option = getopt_long(argc, argv, "", names, NULL);
        if (option == 'h' || option == '?') {
            return verb_usage(usage, option == 'h');
        }
        options->config = option == 'c' ? optarg : options->config;
        options->instance = option == 'i' ? optarg : options->instance;
    }
    return options->config != NULL && optind == argc ? -1 : verb_usage(usage, 0);
}

/* Blocks the signals that we wait for, for this thread and all that it makes. */
static sigset_t block_signals(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signals;
}

/* Returns the signal that ends us. */
static int wait_for_end(struct station *station, const sigset_t *signals)
{
    const struct timespec pause = {LOOK_S, 0};

    for (;;) {
        const int number = sigtimedwait(signals, NULL, &pause);
        if (number == SIGHUP) {
            station_reload(station);
        } else if (number > 0) {
            return number;
        }
        station_look(station);
    }
}

static int run(const struct config_data *config, struct station *station,
               const sigset_t *signals)
{
    if (!station_check_topics(station, stderr) || !station_start(station)) {
        return VERB_WORLD;
    }
    log_info("started");
    struct inspection *inspection = inspection_start(config, station_plan(station));
    log_info("ends by signal %d", wait_for_end(station, signals));
    notify_stopping();
    inspection_end(inspection);
    station_stop(station);
    inspection_stop(inspection);
    log_info("ended");
    return VERB_GOOD;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    const int code = read_options(argc, argv, &options);

    if (code >= 0) {
        return code;
    }
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        return VERB_WORLD;
    }
    /* Else glibc would merge the small blocks of a state that was dropped piece by piece all at
     * once, when it frees the next large one: a pause of a millisecond for a thousand matches.
     */
    (void)mallopt(M_MXFAST, 0);
    const sigset_t signals = block_signals();
    setback_start(NULL);
    struct config *config = config_open(options.config, stderr);
    struct station *station =
        config == NULL ? NULL : station_open(config_get(config), options.instance, stderr);
    const int ended = station == NULL ? VERB_USAGE : run(config_get(config), station, &signals);
    station_close(station);
    config_close(config);
    return ended;
}

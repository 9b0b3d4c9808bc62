/* seinpostd: the daemon, in the foreground, as service managers want it. */
#include "seinpost/base/log.h"
#include "seinpost/cli/inspection.h"
#include "seinpost/cli/station.h"
#include "seinpost/cli/verb.h"
#include "seinpost/ops/confine.h"
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

struct options {
    const char *config;
    const char *instance;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    *(letter == 'c' ? &options->config : &options->instance) = argument;
    return true;
}

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    const int code = usage_read(&verb_daemon_usage, argc, argv, take_option, options);

    if (code >= 0) {
        return code;
    }
    return options->config != NULL && optind == argc ? -1
                                                     : usage_help(&verb_daemon_usage, false);
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

/* Before there are threads: each has what the first has. A sanitizer looks for leaks as a
 * process beside us, which we allow nobody. */
static void confine_to(const char *folder)
{
#ifndef SEINPOST_SANITIZED
    const struct confined confined = confine(folder);
    if (confined.files == 0 || confined.calls == 0) {
        log_warning("not confined: %s%s",
                    confined.files == 0
                        ? "files (no Landlock, or the snapshots' folder cannot be opened) "
                        : "",
                    confined.calls == 0 ? "calls (no seccomp)" : "");
    }
#else
    (void)folder;
#endif
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
    struct config *config = config_open(options.config, stderr);
    if (config != NULL) {
        confine_to(config_get(config)->snapshots);
    }
    setback_start(NULL);
    struct station *station =
        config == NULL ? NULL : station_open(config_get(config), options.instance, stderr);
    const int ended = station == NULL ? VERB_USAGE : run(config_get(config), station, &signals);
    station_close(station);
    config_close(config);
    return ended;
}

/* Replays events and prints for each alert its Avro record in hex, a tab, and its JSON.
 *
 * usage: alert_probe EVENTS RULES SCHEMAS_FOLDER
 */
#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/alert_json.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/cli/workbench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    struct text record = {0};
    struct text json = {0};

    (void)context;
    alert_avro_put(alert, &record);
    alert_json(alert, shadow, &json);
    for (size_t i = 0; i < record.size; i++) {
        (void)printf("%02x", (unsigned)(unsigned char)record.data[i]);
    }
    (void)printf("\t%.*s\n", (int)json.size, json.data);
    text_free(&record);
    text_free(&json);
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    (void)context;
    (void)fprintf(stderr, "event %lld: %.*s %.*s\n", (long long)place->offset,
                  SLICE_ARGS(reason), SLICE_ARGS(detail));
}

static int replay(const char *path, const struct workbench *workbench)
{
    const struct rehearsal_options options = {.program = workbench->program,
                                              .formats = &workbench->formats};
    struct rehearsal *rehearsal =
        rehearsal_new(&options, (struct rehearsal_listener){NULL, on_alert, on_reject, NULL});
    FILE *file = fopen(path, "rbe");
    char *line = NULL;
    size_t room = 0;

    if (file == NULL) {
        rehearsal_free(rehearsal);
        return 2;
    }
    for (ssize_t size = getline(&line, &room, file); size > 0;
         size = getline(&line, &room, file)) {
        rehearsal_event(rehearsal, (struct slice){line, (size_t)size});
    }
    free(line);
    (void)fclose(file);
    rehearsal_free(rehearsal);
    return 0;
}

int main(int argc, char **argv)
{
    struct workbench workbench;

    if (argc != 4) {
        (void)fputs("usage: alert_probe EVENTS RULES SCHEMAS_FOLDER\n", stderr);
        return 2;
    }
    const char *const rules[] = {argv[2]};
    workbench_open(&workbench, argv[3], rules, 1,
                   &(struct load_options){.today = INSTANT_MIN, .never_late = true});
    int code = 1;
    if (diag_errors(workbench.diag) > 0) {
        (void)workbench_report(&workbench, stderr, DIAG_TEXT);
    } else {
        code = replay(argv[1], &workbench);
    }
    workbench_close(&workbench);
    return code;
}

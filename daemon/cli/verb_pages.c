#include "seinpost/cli/manual.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/verbs.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH_SIZE = 4096,
    RIGHTS = 0755,
};

static const struct usage_option option_table[] = {
    {NULL, 0, NULL, NULL},
};

const struct usage verb_pages_usage = {
    .verb = "pages",
    .summary = "print manual pages and what completes commands in a shell",
    .arguments = "man [VERB] | bash | zsh | fish | all DIR",
    .says =
        "Prints the manual page of a verb (of seinpostd, or without one of all), or what "
        "completes verbs and options in a shell. All is made of the tables by which options "
        "are read.",
    .options = option_table,
    .exits = {"done", NULL, "usage", "the output could not be written"},
};

static bool take_option(void *context, char letter, const char *argument)
{
    (void)context;
    (void)letter;
    (void)argument;
    return false;
}

/* Returns whether there is such a page. */
static bool print_page(const char *verb)
{
    const struct verbs_entry *found = verb == NULL ? NULL : verbs_find(verb);

    if (verb == NULL) {
        manual_overview(stdout);
        return true;
    }
    if (strcmp(verb, verb_daemon_usage.program) == 0) {
        manual_page(&verb_daemon_usage, stdout);
        return true;
    }
    if (found != NULL) {
        manual_page(found->usage, stdout);
    }
    return found != NULL;
}

/* Opens a new file below the folder; it makes the folders between. NULL: it cannot. */
static FILE *open_below(const char *folder, const char *name)
{
    char path[PATH_SIZE];
    const int size = snprintf(path, sizeof path, "%s/%s", folder, name);

    if (size < 0 || (size_t)size >= sizeof path) {
        return NULL;
    }
    for (char *at = path + strlen(folder) + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            (void)mkdir(path, RIGHTS); /* it may be there */
            *at = '/';
        }
    }
    return fopen(path, "we");
}

static bool close_written(FILE *out)
{
    const bool good = ferror(out) == 0;

    return fclose(out) == 0 && good;
}

static bool write_page(const char *folder, const struct usage *usage)
{
    char name[PATH_SIZE];

    (void)snprintf(name, sizeof name,
                   usage->program != NULL ? "man/man8/%s.8" : "man/man1/seinpost-%s.1",
                   usage->program != NULL ? usage->program : usage->verb);
    FILE *out = open_below(folder, name);
    if (out != NULL) {
        manual_page(usage, out);
    }
    return out != NULL && close_written(out);
}

static bool write_all(const char *folder)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } files[] = {{"man/man1/seinpost.1", manual_overview},
                 {"bash-completion/completions/seinpost", manual_bash},
                 {"zsh/site-functions/_seinpost", manual_zsh},
                 {"fish/vendor_completions.d/seinpost.fish", manual_fish}};
    (void)mkdir(folder, RIGHTS); /* it may be there */
    bool good = write_page(folder, &verb_daemon_usage);

    for (size_t i = 0; i < sizeof files / sizeof files[0] && good; i++) {
        FILE *out = open_below(folder, files[i].name);
        good = out != NULL;
        if (good) {
            files[i].print(out);
            good = close_written(out);
        }
    }
    for (size_t i = 0; i < verbs_count() && good; i++) {
        good = write_page(folder, verbs_at(i)->usage);
    }
    if (!good) {
        (void)fprintf(stderr, "seinpost: %s: the pages could not be written\n", folder);
    }
    return good;
}

int verb_pages(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } shells[] = {{"bash", manual_bash}, {"zsh", manual_zsh}, {"fish", manual_fish}};
    const int code = usage_read(&verb_pages_usage, argc, argv, take_option, NULL);
    bool printed = false;

    if (code >= 0) {
        return code;
    }
    const int words = argc - optind;
    if (words > 0 && words < 3 && strcmp(argv[optind], "man") == 0) {
        printed = print_page(words == 2 ? argv[optind + 1] : NULL);
    }
    if (words == 2 && strcmp(argv[optind], "all") == 0) {
        return write_all(argv[optind + 1]) ? VERB_GOOD : VERB_WORLD;
    }
    for (size_t i = 0; words == 1 && i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(argv[optind], shells[i].name) == 0) {
            shells[i].print(stdout);
            printed = true;
        }
    }
    if (!printed) {
        return usage_help(&verb_pages_usage, false);
    }
    return verb_written(stdout) ? VERB_GOOD : VERB_WORLD;
}

#include "seinpost/cli/usage.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"

#include <getopt.h>
#include <string.h>

enum {
    WIDTH = 90,
    GAP = 2,
    NAME_MAX_SHOWN = 24,
};

static const struct usage_option help = {"help", 'h', NULL, "say this"};

static size_t count_options(const struct usage *usage)
{
    size_t count = 0;

    while (usage->options[count].name != NULL) {
        count++;
    }
    ENSURE(count < USAGE_OPTIONS_MAX);
    return count;
}

int usage_read(const struct usage *usage, int argc, char **argv, usage_take *take,
               void *options)
{
    struct option names[USAGE_OPTIONS_MAX + 1] = {{0}};
    const size_t count = count_options(usage);

    for (size_t i = 0; i < count; i++) {
        const struct usage_option *from = &usage->options[i];
        names[i] = (struct option){from->name,
                                   from->argument != NULL ? required_argument : no_argument,
                                   NULL, from->letter};
    }
    names[count] = (struct option){help.name, no_argument, NULL, help.letter};
    for (int option = getopt_long(argc, argv, "", names, NULL); option >= 0;
         option = getopt_long(argc, argv, "", names, NULL)) {
        if (option == help.letter) {
            return usage_help(usage, true);
        }
        if (option == '?' || !take(options, (char)option, optarg)) {
            return usage_help(usage, false);
        }
    }
    return -1;
}

void usage_wrap(FILE *out, const char *words, unsigned indent)
{
    size_t column = indent;

    for (const char *at = words; *at != '\0';) {
        const size_t length = strcspn(at, " \n");
        if (column > indent && column + 1 + length > WIDTH) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(at, 1, length, out);
        column += length;
        at += length;
        if (*at == '\n') {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        at += *at == '\0' ? 0 : 1;
    }
    (void)fputc('\n', out);
}

static size_t width_of(const struct usage_option *option)
{
    return strlen(option->name) + (option->argument == NULL ? 0 : 1 + strlen(option->argument));
}

static void print_option(FILE *out, const struct usage_option *option, size_t widest)
{
    (void)fprintf(out, "  --%s%s%s%*s", option->name, option->argument == NULL ? "" : " ",
                  option->argument == NULL ? "" : option->argument,
                  (int)(widest - width_of(option) + GAP), "");
    usage_wrap(out, option->says, (unsigned)(4 + widest + GAP));
}

static void print_exits(FILE *out, const struct usage *usage)
{
    struct text text = {0};

    for (int i = 0; i < USAGE_EXITS; i++) {
        if (usage->exits[i] != NULL) {
            text_format(&text, "%s%d %s", text.size > 0 ? ", " : "Exit: ", i, usage->exits[i]);
        }
    }
    text_add_byte(&text, '.');
    text_add_byte(&text, '\0');
    (void)fputc('\n', out);
    usage_wrap(out, text.data, 0);
    text_free(&text);
}

int usage_help(const struct usage *usage, bool asked)
{
    FILE *out = asked ? stdout : stderr;
    const size_t count = count_options(usage);
    size_t widest = width_of(&help);

    for (size_t i = 0; i < count; i++) {
        const size_t width = width_of(&usage->options[i]);
        widest = width > widest && width <= NAME_MAX_SHOWN ? width : widest;
    }
    (void)fprintf(out, "usage: %s%s %s\n",
                  usage->program != NULL ? usage->program : "seinpost ",
                  usage->program != NULL ? "" : usage->verb, usage->arguments);
    usage_wrap(out, usage->says, 0);
    (void)fputc('\n', out);
    for (size_t i = 0; i < count; i++) {
        print_option(out, &usage->options[i], widest);
    }
    print_option(out, &help, widest);
    print_exits(out, usage);
    return asked ? VERB_GOOD : VERB_USAGE;
}

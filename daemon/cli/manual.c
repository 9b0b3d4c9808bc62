#include "seinpost/cli/manual.h"

#include "seinpost/cli/verbs.h"

#include <string.h>

/* What begins a line of a page with `.` or `'` would be a macro; `-` alone would be a hyphen.
 */
static void put_roff(FILE *out, const char *words)
{
    bool begins = true;

    for (const char *at = words; *at != '\0'; at++) {
        if (begins && (*at == '.' || *at == '\'')) {
            (void)fputs("\\&", out);
        }
        if (*at == '\n') {
            (void)fputs(at[1] == '\n' ? "\n.PP\n" : "\n", out);
            at += at[1] == '\n' ? 1 : 0;
        } else if (*at == '\\') {
            (void)fputs("\\e", out);
        } else if (*at == '-') {
            (void)fputs("\\-", out);
        } else {
            (void)fputc(*at, out);
        }
        begins = *at == '\n';
    }
    (void)fputc('\n', out);
}

static void put_option(FILE *out, const char *name, const char *argument, const char *says)
{
    (void)fputs(".TP\n\\fB\\-\\-", out);
    for (const char *at = name; *at != '\0'; at++) {
        (void)fputs(*at == '-' ? "\\-" : (char[]){*at, '\0'}, out);
    }
    (void)fprintf(out, "\\fR%s%s%s\n", argument == NULL ? "" : " \\fI",
                  argument == NULL ? "" : argument, argument == NULL ? "" : "\\fR");
    put_roff(out, says);
}

static void put_head(FILE *out, const char *title, int section)
{
    (void)fprintf(out, ".TH %s %d \"\" \"Seinpost " SEINPOST_VERSION "\"\n.SH NAME\n", title,
                  section);
}

void manual_page(const struct usage *usage, FILE *out)
{
    const bool daemon = usage->program != NULL;
    char name[64];

    (void)snprintf(name, sizeof name, daemon ? "%s" : "seinpost-%s",
                   daemon ? usage->program : usage->verb);
    put_head(out, name, daemon ? 8 : 1);
    (void)fprintf(out, "%s \\- ", name);
    put_roff(out, usage->summary);
    (void)fprintf(out, ".SH SYNOPSIS\n\\fB%s%s%s\\fR ", daemon ? usage->program : "seinpost",
                  daemon ? "" : " ", daemon ? "" : usage->verb);
    put_roff(out, usage->arguments);
    (void)fputs(".SH DESCRIPTION\n", out);
    put_roff(out, usage->says);
    (void)fputs(".SH OPTIONS\n", out);
    for (const struct usage_option *option = usage->options; option->name != NULL; option++) {
        put_option(out, option->name, option->argument, option->says);
    }
    put_option(out, "help", NULL, "Says how it is called.");
    (void)fputs(".SH EXIT STATUS\n", out);
    for (int i = 0; i < USAGE_EXITS; i++) {
        if (usage->exits[i] != NULL) {
            (void)fprintf(out, ".TP\n%d\n", i);
            put_roff(out, usage->exits[i]);
        }
    }
    (void)fputs(".SH SEE ALSO\n.BR seinpost (1),\n.BR seinpostd (8)\n", out);
}

void manual_overview(FILE *out)
{
    put_head(out, "seinpost", 1);
    (void)fputs(
        "seinpost \\- write, check, test, approve and run watch rules\n.SH SYNOPSIS\n"
        "\\fBseinpost\\fR \\fIVERB\\fR [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n"
        "The tool of analysts, jurists and operators of seinpostd. Each verb has a page of "
        "its own, seinpost\\-VERB.\n.SH VERBS\n",
        out);
    for (size_t i = 0; i < verbs_count(); i++) {
        const struct usage *usage = verbs_at(i)->usage;
        (void)fprintf(out, ".TP\n\\fB%s\\fR\n", usage->verb);
        put_roff(out, usage->summary);
    }
    (void)fputs(".SH SEE ALSO\n", out);
    for (size_t i = 0; i < verbs_count(); i++) {
        (void)fprintf(out, ".BR seinpost\\-%s (1),\n", verbs_at(i)->usage->verb);
    }
    (void)fputs(".BR seinpostd (8)\n", out);
}

static void put_verbs(FILE *out)
{
    for (size_t i = 0; i < verbs_count(); i++) {
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", verbs_at(i)->usage->verb);
    }
}

void manual_bash(FILE *out)
{
    (void)fputs("# bash completion of seinpost; made by `seinpost pages bash`\n_seinpost() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} options=--help\n"
                "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W '",
                out);
    put_verbs(out);
    (void)fputs("' -- \"$word\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n",
                out);
    for (size_t i = 0; i < verbs_count(); i++) {
        const struct usage *usage = verbs_at(i)->usage;
        (void)fprintf(out, "    %s) options='", usage->verb);
        for (const struct usage_option *option = usage->options; option->name != NULL;
             option++) {
            (void)fprintf(out, "--%s ", option->name);
        }
        (void)fputs("--help' ;;\n", out);
    }
    (void)fputs("    esac\n    case $word in\n"
                "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
                "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n}\n"
                "complete -o filenames -F _seinpost seinpost\n",
                out);
}

/* In zsh's specifications `[`, `]`, `:` and quotes mean something. */
static void put_zsh(FILE *out, const char *words)
{
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == '\'') {
            (void)fputs("'\\''", out);
        } else if (strchr("[]:\\", *at) != NULL) {
            (void)fprintf(out, "\\%c", *at);
        } else {
            (void)fputc(*at == '\n' ? ' ' : *at, out);
        }
    }
}

void manual_zsh(FILE *out)
{
    (void)fputs("#compdef seinpost\n# made by `seinpost pages zsh`\n_seinpost() {\n"
                "    if (( CURRENT == 2 )); then\n        local -a verbs=(\n",
                out);
    for (size_t i = 0; i < verbs_count(); i++) {
        (void)fprintf(out, "            '%s:", verbs_at(i)->usage->verb);
        put_zsh(out, verbs_at(i)->usage->summary);
        (void)fputs("'\n", out);
    }
    (void)fputs("        )\n        _describe verb verbs\n        return\n    fi\n"
                "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
                "    case $verb in\n",
                out);
    for (size_t i = 0; i < verbs_count(); i++) {
        const struct usage *usage = verbs_at(i)->usage;
        (void)fprintf(out, "    %s) _arguments", usage->verb);
        for (const struct usage_option *option = usage->options; option->name != NULL;
             option++) {
            (void)fprintf(out, " \\\n        '*--%s[", option->name);
            put_zsh(out, option->says);
            (void)fprintf(out, "]%s%s%s'", option->argument == NULL ? "" : ":",
                          option->argument == NULL ? "" : option->argument,
                          option->argument == NULL ? "" : ":_files");
        }
        (void)fputs(" \\\n        '--help[say how it is called]' '*:file:_files' ;;\n", out);
    }
    (void)fputs("    esac\n}\n_seinpost \"$@\"\n", out);
}

static void put_fish(FILE *out, const char *words)
{
    (void)fputc('\'', out);
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == '\'' || *at == '\\') {
            (void)fputc('\\', out);
        }
        (void)fputc(*at == '\n' ? ' ' : *at, out);
    }
    (void)fputc('\'', out);
}

void manual_fish(FILE *out)
{
    (void)fputs("# fish completion of seinpost; made by `seinpost pages fish`\n", out);
    for (size_t i = 0; i < verbs_count(); i++) {
        const struct usage *usage = verbs_at(i)->usage;
        (void)fprintf(out, "complete -c seinpost -n __fish_use_subcommand -f -a %s -d ",
                      usage->verb);
        put_fish(out, usage->summary);
        (void)fputc('\n', out);
        for (const struct usage_option *option = usage->options; option->name != NULL;
             option++) {
            (void)fprintf(
                out, "complete -c seinpost -n '__fish_seen_subcommand_from %s' -l %s%s -d ",
                usage->verb, option->name, option->argument == NULL ? "" : " -r");
            put_fish(out, option->says);
            (void)fputc('\n', out);
        }
        (void)fprintf(out,
                      "complete -c seinpost -n '__fish_seen_subcommand_from %s' -l help -d "
                      "'say how it is called'\n",
                      usage->verb);
    }
}

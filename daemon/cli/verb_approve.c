#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/save.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/config/config.h"
#include "seinpost/rule/approval.h"
#include "seinpost/rule/law.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"key", 'k', "FILE", "secret key of the one who approves"},
    {"as", 'a', "NAME", "who that is, as the configuration names approvers"},
    {"rule", 'r', "GLOB", "only rules of this name (default: all that are stable)"},
    {"lock", 'l', "FILE",
     "where approvals are kept (default: that of the configuration, else rules.lock in the "
     "folder of rules)"},
    {"config", 'c', "FILE",
     "configuration: hold rules against its sources (default of PATH and --lock)"},
    {"new-key", 'n', NULL,
     "make a secret key, write it to --key FILE and print its public key"},
    {"verify", 'v', NULL,
     "tell of each stable rule whether those of --config FILE have approved it"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"today", 't', "DATE", "what 'expired' is measured by (default: today)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_approve_usage = {
    .verb = "approve",
    .summary = "sign what stable rules mean, or verify who did",
    .arguments = "[OPTION]... [PATH]...",
    .says =
        "Signs the meaning, the author and the expiry of stable rules, the exceptions to them "
        "and the lists that they ask, with an Ed25519 key. When the configuration names "
        "approvers, a rule that not enough of them have "
        "approved runs as if under test: its alerts go to the shadow topic. The rule's "
        "author does not count, and a rule that changes needs new approvals.\n\nFirst make a "
        "key: seinpost approve --new-key --key FILE --as NAME; the line that it prints goes "
        "into the configuration, below approval: approvers:.",
    .options = option_table,
    .exits = {"done", "rules have errors, are their author's own, or are not approved", "usage",
              "a file could not be read or written"},
};

struct options {
    const char *key;
    const char *as;
    const char *rule;
    const char *lock;
    const char *config;
    const char *schemas;
    struct instant today;
    bool new_key;
    bool verify;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    switch (letter) {
    case 'k':
        options->key = argument;
        return true;
    case 'a':
        options->as = argument;
        return argument[0] != '\0' && strpbrk(argument, " \t\n") == NULL;
    case 'r':
        options->rule = argument;
        return true;
    case 'l':
        options->lock = argument;
        return true;
    case 'c':
        options->config = argument;
        return true;
    case 'n':
        options->new_key = true;
        return true;
    case 'v':
        options->verify = true;
        return true;
    case 's':
        options->schemas = argument;
        return true;
    default:
        return instant_parse(slice_of(argument), &options->today);
    }
}

static int make_key(const struct options *options)
{
    struct signature_secret secret;
    char hex[SIGNATURE_TEXT_SIZE];

    signature_new(&secret);
    const struct signature_key public = signature_public(&secret);
    (void)signature_write(secret.seed, sizeof secret.seed, hex);
    signature_wipe(&secret);
    const bool written = save_secret(options->key, slice_of(hex));
    const int why = errno;
    memset(hex, 0, sizeof hex);
    if (!written) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", options->key, strerror(why));
        return VERB_WORLD;
    }
    (void)printf("- {name: %s, key: %s}\n", options->as,
                 signature_write(public.bytes, sizeof public.bytes, hex));
    return verb_written(stdout) ? VERB_GOOD : VERB_WORLD;
}

/* What is loaded, and what for. */
struct session {
    const struct options *options;
    struct workbench workbench;
    struct config *config;
    struct load_options load;
    const char *const *paths;
    size_t paths_count;
    const char *config_rules;
    const char *lock;
};

static const char *default_lock(struct session *session)
{
    const char *path = session->paths[0];
    struct text text = {0};

    if (slice_ends_with(slice_of(path), SLICE(".yaml"))) {
        return file_beside(session->workbench.arena, path, SLICE("rules.lock"));
    }
    text_format(&text, "%s/rules.lock", path);
    const char *lock = slice_string(session->workbench.arena, text_slice(&text));
    text_free(&text);
    return lock;
}

/* Returns false with faults. */
static bool load(struct session *session)
{
    const struct options *options = session->options;
    bool good = true;

    if (options->config != NULL) {
        session->config = config_load(options->config, session->workbench.diag, &good);
    }
    const struct config_data *data =
        session->config == NULL || !good ? NULL : config_get(session->config);
    if (data != NULL) {
        session->load.sources = data->sources;
        session->load.matches_retention_ms = data->matches.retention_ms;
    }
    if (session->paths_count == 0 && data != NULL) {
        session->config_rules = data->rules;
        session->paths = &session->config_rules;
        session->paths_count = 1;
    }
    session->lock = options->lock;
    if (session->lock == NULL && data != NULL && data->approvers.lock != NULL) {
        session->lock = data->approvers.lock;
    }
    if (session->lock == NULL && session->paths_count > 0) {
        session->lock = default_lock(session);
    }
    workbench_load(&session->workbench,
                   options->schemas != NULL || data == NULL ? options->schemas : data->schemas,
                   session->paths, session->paths_count, &session->load);
    return diag_errors(session->workbench.diag) == 0;
}

static bool is_meant(const struct options *options, const struct rule *rule)
{
    return rule->status == RULE_STABLE &&
           (options->rule == NULL || slice_glob(slice_of(options->rule), rule->name));
}

static bool read_secret(const struct session *session, struct signature_secret *secret)
{
    struct slice text = {0};
    const char *file = session->options->key;

    if (!file_is_private(file)) {
        (void)fprintf(
            stderr,
            "seinpost: %s: others than its owner may read or write this key, so that "
            "what it signs proves nothing: make a new one, or `chmod 600` it if nobody "
            "else had access\n",
            file);
        return false;
    }
    if (!file_read(session->workbench.arena, file, &text)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", file, strerror(errno));
        return false;
    }
    const bool good = signature_read(text, secret->seed, sizeof secret->seed);
    memset((char *)(uintptr_t)text.data, 0, text.size);
    if (!good) {
        (void)fprintf(stderr, "seinpost: %s: a key is %d hex digits\n", file,
                      2 * SIGNATURE_KEY_SIZE);
    }
    return good;
}

/* Approves what is meant; `lines` are the new ones. Returns how many rules were the approver's
 * own. */
static size_t sign_all(const struct session *session, const struct signature_secret *secret,
                       struct text *lines)
{
    const struct program *program = session->workbench.program;
    const struct slice as = slice_of(session->options->as);
    char hash[DIGEST_TEXT_SIZE];
    size_t own = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (!is_meant(session->options, rule)) {
            continue;
        }
        if (slice_same_person(as, approval_author(rule))) {
            (void)fprintf(stderr, "%.*s: not approved: its author cannot, four eyes\n",
                          SLICE_ARGS(rule->name));
            own++;
            continue;
        }
        const struct signature signature = approval_sign(rule, as, secret);
        approval_write(rule, as, &signature, lines);
        (void)printf("%.*s version %lld (%s): approved by %s, with exceptions: %zu, lists: "
                     "%zu\n",
                     SLICE_ARGS(rule->name), (long long)rule->version,
                     digest_format(rule->hash, hash), session->options->as,
                     rule->exceptions_count, rule->lists_count);
    }
    return own;
}

/* Keeps the lines of others, and those of the approver for rules that are not signed now. */
static void keep_lines(const struct session *session, const struct approval_book *book,
                       struct text *lines)
{
    const struct program *program = session->workbench.program;
    const struct slice as = slice_of(session->options->as);
    char hex[SIGNATURE_TEXT_SIZE];

    for (size_t i = 0; i < book->count; i++) {
        const struct approval *at = &book->items[i];
        const struct rule *rule = program_find(program, at->rule);
        const bool replaced =
            slice_equal(at->approver, as) && rule != NULL && is_meant(session->options, rule);
        if (!replaced) {
            text_format(lines, "%.*s %.*s %.*s %s\n", SLICE_ARGS(at->rule),
                        SLICE_ARGS(at->hash), SLICE_ARGS(at->approver),
                        signature_write(at->signature.bytes, SIGNATURE_SIZE, hex));
        }
    }
}

static int by_bytes(const void *left, const void *right)
{
    return slice_compare(*(const struct slice *)left, *(const struct slice *)right);
}

/* Sorted, so that two approvers' changes of the file do not meet. */
static bool write_lock(const struct session *session, struct slice lines)
{
    struct text all = {0};
    size_t count = 0;
    struct slice rest = lines;

    while (slice_cut(&rest, '\n').size > 0) {
        count++;
    }
    struct slice *sorted = arena_alloc(session->workbench.arena, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = slice_cut(&lines, '\n');
    }
    qsort(sorted, count, sizeof *sorted, by_bytes);
    text_add(&all,
             SLICE("# Who approved what rules mean: RULE HASH APPROVER SIGNATURE. Written by "
                   "`seinpost approve`.\n"));
    for (size_t i = 0; i < count; i++) {
        text_format(&all, "%.*s\n", SLICE_ARGS(sorted[i]));
    }
    const bool written = save_file(session->lock, text_slice(&all));
    if (!written) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", session->lock, strerror(errno));
    }
    text_free(&all);
    return written;
}

static int approve(const struct session *session)
{
    struct signature_secret secret;
    struct approval_book book = {0};
    struct text lines = {0};

    if (!approval_read(session->workbench.diag, session->workbench.arena, session->lock,
                       &book)) {
        (void)workbench_report(&session->workbench, stderr, DIAG_TEXT);
        return VERB_NO;
    }
    if (!read_secret(session, &secret)) {
        return VERB_WORLD;
    }
    const size_t own = sign_all(session, &secret, &lines);
    signature_wipe(&secret);
    const bool signs = lines.size > 0;
    keep_lines(session, &book, &lines);
    const bool written = !signs || write_lock(session, text_slice(&lines));
    text_free(&lines);
    if (!signs && own == 0) {
        (void)fprintf(stderr, "seinpost: no stable rule is meant\n");
    }
    return !written ? VERB_WORLD : own > 0 || !signs ? VERB_NO : VERB_GOOD;
}

static bool verify_rule(const struct session *session, const struct approval_book *book,
                        const struct rule *rule)
{
    const struct approver_list *approvers = &config_get(session->config)->approvers;
    const size_t count = approval_count(book, approvers, rule);
    const bool approved = (int64_t)count >= approvers->needed;
    char hash[DIGEST_TEXT_SIZE];

    (void)printf("%-8s %.*s %s %zu of %lld", approved ? "approved" : "open",
                 SLICE_ARGS(rule->name), digest_format(rule->hash, hash), count,
                 (long long)approvers->needed);
    for (const struct approval *at = table_get(book->by_rule, rule->name); at != NULL;
         at = at->next) {
        if (approval_judge(at, approvers, rule) == APPROVAL_COUNTS) {
            (void)printf(" %.*s", SLICE_ARGS(at->approver));
        }
    }
    (void)printf("\n");
    return approved;
}

static int verify(struct session *session)
{
    const struct program *program = session->workbench.program;
    struct approver_list approvers = config_get(session->config)->approvers;
    struct approval_book book = {0};
    bool all = true;

    approvers.lock = session->lock;
    (void)approval_read(session->workbench.diag, session->workbench.arena, session->lock,
                        &book);
    for (size_t i = 0; i < program->rules_count; i++) {
        if (is_meant(session->options, program->rules[i])) {
            all = verify_rule(session, &book, program->rules[i]) && all;
        }
    }
    approval_apply(session->workbench.diag, session->workbench.arena, program, &approvers);
    const bool faulty = workbench_report(&session->workbench, stderr, DIAG_TEXT);
    return all && !faulty ? VERB_GOOD : VERB_NO;
}

static int run(struct session *session)
{
    if (!load(session)) {
        (void)workbench_report(&session->workbench, stderr, DIAG_TEXT);
        return VERB_NO;
    }
    if (!session->options->verify) {
        return approve(session);
    }
    if (config_get(session->config)->approvers.count == 0) {
        (void)fprintf(stderr, "seinpost: %s names no approvers\n", session->options->config);
        return VERB_USAGE;
    }
    return verify(session);
}

/* Returns what is missing among the options, or not. */
static bool is_complete(const struct options *options, int paths)
{
    if (options->new_key) {
        return options->key != NULL && options->as != NULL && !options->verify && paths == 0;
    }
    return (options->verify ? options->config != NULL
                            : options->key != NULL && options->as != NULL) &&
           (paths > 0 || options->config != NULL);
}

int verb_approve(int argc, char **argv)
{
    struct options options = {.today = workbench_today()};
    const int code = usage_read(&verb_approve_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    if (!is_complete(&options, argc - optind)) {
        return usage_help(&verb_approve_usage, false);
    }
    if (options.new_key) {
        return make_key(&options);
    }
    struct session session = {.options = &options,
                              .load = {.today = options.today},
                              .paths = (const char *const *)(argv + optind),
                              .paths_count = (size_t)(argc - optind)};
    workbench_begin(&session.workbench);
    const int result = run(&session);
    workbench_close(&session.workbench);
    config_close(session.config);
    return verb_written(stdout) ? result : VERB_WORLD;
}

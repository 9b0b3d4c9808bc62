#include "seinpost/rule/approval.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/law.h"
#include "seinpost/yaml/tree.h"

#include <errno.h>
#include <string.h>

#define UNSIGNED                                                                               \
    "the signature does not hold: the rule's author, expiry, exceptions or lists have "        \
    "changed since, or it is not that approver's"

struct reading {
    struct diag *diag;
    struct arena *arena;
    struct approval_book *book;
    struct table *by_rule;
};

static void end_table(void *table)
{
    table_free(table);
}

static struct slice word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    return rest->size == 0 ? *rest : slice_cut(rest, ' ');
}

static void read_line(const struct reading *reading, struct slice line, struct approval *into)
{
    struct slice rest = line;
    struct approval *approval = into;

    approval->rule = word(&rest);
    approval->hash = word(&rest);
    approval->approver = word(&rest);
    if (approval->hash.size != DIGEST_TEXT_SIZE - 1 || approval->approver.size == 0 ||
        !signature_read(rest, approval->signature.bytes, SIGNATURE_SIZE)) {
        const struct diag_place place = {reading->book->file, approval->line, 1,
                                         (unsigned)line.size};
        diag_add(reading->diag, place, "E220", "no approval");
        diag_hint(reading->diag,
                  "as RULE HASH APPROVER SIGNATURE; `seinpost approve` writes it");
        return;
    }
    approval->next = table_get(reading->by_rule, approval->rule);
    table_put(reading->by_rule, approval->rule, approval);
    reading->book->count++;
}

bool approval_read(struct diag *diag, struct arena *arena, const char *file,
                   struct approval_book *book)
{
    struct slice text = {0};
    struct reading reading = {diag, arena, book, table_new()};
    const size_t faults = diag_errors(diag);
    size_t lines = 1;

    arena_at_end(arena, end_table, reading.by_rule);
    *book = (struct approval_book){.file = slice_string(arena, slice_of(file)),
                                   .by_rule = reading.by_rule};
    if (!file_exists(file)) {
        return true;
    }
    if (!file_read(arena, file, &text)) {
        diag_add(diag, (struct diag_place){.file = book->file}, "E112", "unreadable: %s",
                 strerror(errno));
        return false;
    }
    diag_source(diag, book->file, text);
    for (size_t i = 0; i < text.size; i++) {
        lines += text.data[i] == '\n' ? 1U : 0U;
    }
    struct approval *items = arena_alloc(arena, lines * sizeof *items);
    book->items = items;
    for (unsigned number = 1; text.data != NULL; number++) {
        const struct slice line = slice_trim(slice_cut(&text, '\n'));
        if (line.size > 0 && line.data[0] != '#') {
            items[book->count].line = number;
            read_line(&reading, line, &items[book->count]);
        }
    }
    return diag_errors(diag) == faults;
}

static struct slice text_of(const struct rule *rule, const char *key)
{
    const struct tree *node = tree_get(rule->node, key);

    return node == NULL || node->kind != TREE_SCALAR ? SLICE("") : slice_trim(node->text);
}

struct slice approval_author(const struct rule *rule)
{
    return text_of(rule, "author");
}

static void add_message(struct text *text, const struct rule *rule, struct slice approver)
{
    char hash[DIGEST_TEXT_SIZE];

    digest_field(text, SLICE("seinpost/approval/2"));
    digest_field(text, rule->name);
    digest_field(text, slice_of(digest_format(rule->hash, hash)));
    digest_field(text, approval_author(rule));
    digest_field(text, text_of(rule, "expires"));
    digest_field(text, slice_of(digest_format(rule->around, hash)));
    digest_field(text, approver);
}

struct signature approval_sign(const struct rule *rule, struct slice approver,
                               const struct signature_secret *secret)
{
    struct text message = {0};

    add_message(&message, rule, approver);
    const struct signature signature = signature_sign(secret, text_slice(&message));
    text_free(&message);
    return signature;
}

static bool holds(const struct approval *approval, const struct approver *approver,
                  const struct rule *rule)
{
    struct text message = {0};

    add_message(&message, rule, approver->name);
    const bool good =
        signature_holds(&approval->signature, &approver->key, text_slice(&message));
    text_free(&message);
    return good;
}

static const struct approver *find(const struct approver_list *approvers, struct slice name)
{
    for (size_t i = 0; i < approvers->count; i++) {
        if (slice_equal(approvers->items[i].name, name)) {
            return &approvers->items[i];
        }
    }
    return NULL;
}

enum approval_verdict approval_judge(const struct approval *approval,
                                     const struct approver_list *approvers,
                                     const struct rule *rule)
{
    const struct approver *approver = find(approvers, approval->approver);
    char hash[DIGEST_TEXT_SIZE];

    if (rule == NULL) {
        return APPROVAL_RULELESS;
    }
    if (approver == NULL) {
        return APPROVAL_STRANGER;
    }
    if (!slice_is(approval->hash, digest_format(rule->hash, hash))) {
        return APPROVAL_CHANGED;
    }
    if (slice_same_person(approver->name, approval_author(rule))) {
        return APPROVAL_OWN;
    }
    return holds(approval, approver, rule) ? APPROVAL_COUNTS : APPROVAL_UNSIGNED;
}

/* The same approver may stand in several lines: the first that counts does. */
static bool counted_before(const struct approval_book *book,
                           const struct approver_list *approvers, const struct rule *rule,
                           const struct approval *until)
{
    for (const struct approval *at = table_get(book->by_rule, rule->name); at != until;
         at = at->next) {
        if (slice_equal(at->approver, until->approver) &&
            approval_judge(at, approvers, rule) == APPROVAL_COUNTS) {
            return true;
        }
    }
    return false;
}

size_t approval_count(const struct approval_book *book, const struct approver_list *approvers,
                      const struct rule *rule)
{
    size_t count = 0;

    for (const struct approval *at = table_get(book->by_rule, rule->name); at != NULL;
         at = at->next) {
        if (approval_judge(at, approvers, rule) == APPROVAL_COUNTS &&
            !counted_before(book, approvers, rule, at)) {
            count++;
        }
    }
    return count;
}

void approval_write(const struct rule *rule, struct slice approver,
                    const struct signature *signature, struct text *text)
{
    char hash[DIGEST_TEXT_SIZE];
    char hex[SIGNATURE_TEXT_SIZE];

    text_format(text, "%.*s %s %.*s %s\n", SLICE_ARGS(rule->name),
                digest_format(rule->hash, hash), SLICE_ARGS(approver),
                signature_write(signature->bytes, SIGNATURE_SIZE, hex));
}

static void tell_idle(struct diag *diag, const struct approval_book *book,
                      const struct approver_list *approvers, const struct program *program)
{
    static const char *const why[] = {
        [APPROVAL_COUNTS] = "",
        [APPROVAL_CHANGED] = "the rule has changed since",
        [APPROVAL_UNSIGNED] = (UNSIGNED),
        [APPROVAL_STRANGER] = "the configuration names no such approver",
        [APPROVAL_OWN] = "its author cannot approve it: four eyes",
        [APPROVAL_RULELESS] = "there is no such rule",
    };

    for (size_t i = 0; i < book->count; i++) {
        const struct approval *at = &book->items[i];
        const enum approval_verdict verdict =
            approval_judge(at, approvers, program_find(program, at->rule));
        const struct diag_place place = {book->file, at->line, 1, (unsigned)at->rule.size};
        if (verdict != APPROVAL_COUNTS) {
            diag_add(diag, place, "W802", "%.*s's approval of '%.*s' is void: %s",
                     SLICE_ARGS(at->approver), SLICE_ARGS(at->rule), why[verdict]);
        }
    }
}

static void lower(struct diag *diag, struct rule *rule, size_t count, int64_t needed)
{
    rule->status = RULE_TEST;
    tree_fault(diag, tree_get(rule->node, "status"), "W801", "not approved: %zu of %lld people",
               count, (long long)needed);
    diag_hint(diag, "its alerts go to the shadow topic; see `seinpost approve`");
}

static const struct rule *reads_lowered(const struct rule *rule)
{
    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule *made_by = rule->entries[i].made_by;
        if (made_by != NULL && made_by->status == RULE_TEST) {
            return made_by;
        }
    }
    return NULL;
}

static void lower_readers(struct diag *diag, const struct program *program)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < program->rules_count; i++) {
            struct rule *rule = program->rules[i];
            const struct rule *lowered = reads_lowered(rule);
            if (rule->status == RULE_STABLE && lowered != NULL) {
                rule->status = RULE_TEST;
                tree_fault(diag, tree_get(rule->node, "status"), "W801",
                           "not stable: it reads '%.*s', which is not approved",
                           SLICE_ARGS(lowered->name));
                more = true;
            }
        }
    }
}

void approval_apply(struct diag *diag, struct arena *arena, const struct program *program,
                    const struct approver_list *approvers)
{
    struct approval_book book = {0};

    if (approvers == NULL || approvers->count == 0 || approvers->lock == NULL) {
        return;
    }
    (void)approval_read(diag, arena, approvers->lock, &book);
    for (size_t i = 0; i < program->rules_count; i++) {
        struct rule *rule = program->rules[i];
        const size_t count =
            rule->status == RULE_STABLE ? approval_count(&book, approvers, rule) : 0;
        if (rule->status == RULE_STABLE && (int64_t)count < approvers->needed) {
            lower(diag, rule, count, approvers->needed);
        }
    }
    lower_readers(diag, program);
    tell_idle(diag, &book, approvers, program);
}

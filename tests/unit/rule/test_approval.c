#include "seinpost/rule/approval.h"

#include <unistd.h>

#include "lab.h"

#define WITH "with: {type: air.booking.created, payer_ref: 'card:t1:a', pax_count: 3}, given: "
#define STABLE(name, author, expires, span, reads, more)                                       \
    "schema: seinpost/rule/1\ntitle: A title\nname: " name "\nversion: 1\nstatus: stable\n"    \
    "level: low\nstage: transport\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\n"  \
    "author: " author "\napproved-by: [x]\nreview-by: 2026-06-01\nexpires: " expires "\n"      \
    "falsepositives: [some]\nunless: {none: of no matter here}\n" more "correlation: {type: "  \
    "event_count, rules: [" reads "], group-by: [card], timespan: " span                       \
    ", condition: {gte: 2}}\n"
#define EVENTS                                                                                 \
    "events: {x: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 2}, "    \
    "condition: s}}}\n"
#define TESTS                                                                                  \
    "tests: [{name: f, " WITH "[{at: 0}, {at: 1h}], expect: [{at: 1h}]}, {name: s, " WITH      \
    "[{at: 0}], expect: none}]\n"
#define RULE(author, expires, span) STABLE("a", author, expires, span, "x", EVENTS) TESTS

enum {
    PEOPLE = 3
};
static const char *const names[PEOPLE] = {"ann", "bob", "cas"};

/* Rules, three approvers of which two are needed, and their file. */
struct office {
    struct kit kit;
    struct signature_secret secrets[PEOPLE];
    struct approver people[PEOPLE];
    struct approver_list approvers;
    struct text lines;
    char lock[32];
};

static void office_begin(struct office *office)
{
    *office = (struct office){.kit = kit_begin(), .lock = "/tmp/seinpost-lock-XXXXXX"};
    const int file = mkstemp(office->lock);
    ck_assert_int_ge(file, 0);
    close(file);
    for (size_t i = 0; i < PEOPLE; i++) {
        signature_new(&office->secrets[i]);
        office->people[i] =
            (struct approver){slice_of(names[i]), signature_public(&office->secrets[i])};
    }
    office->approvers = (struct approver_list){office->people, PEOPLE, 2, office->lock};
}

static void office_end(struct office *office)
{
    unlink(office->lock);
    text_free(&office->lines);
    kit_end(&office->kit);
}

/* A person signs, with the key of another if it is told so. */
static void office_sign(struct office *office, const struct rule *rule, size_t person,
                        size_t key)
{
    const struct signature signature =
        approval_sign(rule, slice_of(names[person]), &office->secrets[key]);

    approval_write(rule, slice_of(names[person]), &signature, &office->lines);
}

/* Loads anew under what was signed so far. */
static const struct program *office_load(struct office *office, const char *yaml)
{
    FILE *const file = fopen(office->lock, "w");

    ck_assert_ptr_nonnull(file);
    if (office->lines.size > 0) {
        (void)fwrite(office->lines.data, 1, office->lines.size, file);
    }
    ck_assert_int_eq(fclose(file), 0);
    office->kit.options.approvers = &office->approvers;
    office->kit.diag = diag_new(office->kit.arena);
    return kit_program(&office->kit, yaml);
}

static bool says(const struct office *office, const char *words)
{
    return strstr(kit_faults(&office->kit), words) != NULL;
}

/* Two different people make a rule stable; one, or one twice, does not. */
START_TEST(two_people_make_a_rule_stable)
{
    struct office office;

    office_begin(&office);
    const struct rule *rule = kit_rule(&office.kit, RULE("zoe", "2026-12-01", "1d"));
    ck_assert_int_eq(office_load(&office, RULE("zoe", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_TEST);
    ck_assert(says(&office, "W801") && says(&office, "0 of 2 people"));
    office_sign(&office, rule, 0, 0);
    office_sign(&office, rule, 0, 0);
    ck_assert_int_eq(office_load(&office, RULE("zoe", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_TEST);
    ck_assert(says(&office, "1 of 2 people"));
    office_sign(&office, rule, 1, 1);
    ck_assert_int_eq(office_load(&office, RULE("zoe", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_STABLE);
    ck_assert_uint_eq(diag_warnings(office.kit.diag), 0);
    office_end(&office);
}
END_TEST

/* What changes after the approval, and why it is void then. */
static const struct {
    const char *now;
    const char *why;
} changes[] = {
    {RULE("zoe", "2026-12-01", "2d"), "the rule has changed since"},
    {RULE("zoe", "2027-12-01", "1d"), "the signature does not hold"},
    {RULE("yan", "2026-12-01", "1d"), "the signature does not hold"},
    {RULE("ann", "2026-12-01", "1d"), "its author cannot approve it"},
    {STABLE("b", "zoe", "2026-12-01", "1d", "x", EVENTS) TESTS, "there is no such rule"},
};

START_TEST(a_change_voids_the_approvals)
{
    struct office office;

    office_begin(&office);
    const struct rule *rule = kit_rule(&office.kit, RULE("zoe", "2026-12-01", "1d"));
    office_sign(&office, rule, 0, 0);
    office_sign(&office, rule, 1, 1);
    ck_assert_int_eq(office_load(&office, changes[_i].now)->rules[0]->status, RULE_TEST);
    ck_assert_msg(says(&office, "W802") && says(&office, changes[_i].why), "%s",
                  kit_faults(&office.kit));
    office_end(&office);
}
END_TEST

/* Words that mean nothing may change: title, description, tests, owner. */
START_TEST(other_words_keep_the_approvals)
{
    struct office office;

    office_begin(&office);
    const struct rule *rule = kit_rule(&office.kit, RULE("zoe", "2026-12-01", "1d"));
    office_sign(&office, rule, 0, 0);
    office_sign(&office, rule, 2, 2);
    const struct program *program =
        office_load(&office, RULE("zoe", "2026-12-01", "1d") "description: words\ntags: [t]\n");
    ck_assert_int_eq(program->rules[0]->status, RULE_STABLE);
    office_end(&office);
}
END_TEST

/* The author, a stranger and a wrong key do not count. */
START_TEST(not_everybody_counts)
{
    struct office office;

    office_begin(&office);
    const struct rule *rule = kit_rule(&office.kit, RULE("Ann", "2026-12-01", "1d"));
    office_sign(&office, rule, 0, 0);
    office_sign(&office, rule, 1, 1);
    office_sign(&office, rule, 2, 1);
    office.approvers.count = PEOPLE;
    ck_assert_int_eq(office_load(&office, RULE("Ann", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_TEST);
    ck_assert(says(&office, "1 of 2 people") && says(&office, "its author cannot approve it") &&
              says(&office, "cas's approval of 'a' is void: the signature does not hold"));
    office.approvers.count = 1;
    office.approvers.needed = 1;
    ck_assert_int_eq(office_load(&office, RULE("Ann", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_TEST);
    ck_assert(says(&office, "the configuration names no such approver"));
    office_end(&office);
}
END_TEST

/* A rule that reads one which is not approved is not stable either; neither by another name. */
START_TEST(a_reader_of_an_unapproved_rule_is_lowered)
{
    static const char rules[] = RULE("zoe", "2026-12-01", "1d") "---\n" STABLE(
        "b", "zoe", "2026-12-01", "1d", "a",
        "") "tests: [{name: f, with: {type: alert, rule: a, card: 'card:t1:a'}, given: [{at: "
            "0}, {at: "
            "1h}], expect: [{at: 1h}]}, {name: s, given: [], expect: none}]\n";
    struct office office;

    office_begin(&office);
    const struct program *program = kit_program(&office.kit, rules);
    office_sign(&office, program->rules[1], 0, 0);
    office_sign(&office, program->rules[1], 1, 1);
    program = office_load(&office, rules);
    ck_assert_int_eq(program->rules[0]->status, RULE_TEST);
    ck_assert_int_eq(program->rules[1]->status, RULE_TEST);
    ck_assert(says(&office, "it reads 'a', which is not approved"));
    office_end(&office);
}
END_TEST

/* Without approvers in the configuration nothing is asked for. */
START_TEST(without_approvers_nothing_is_asked)
{
    struct office office;

    office_begin(&office);
    office.approvers.count = 0;
    ck_assert_int_eq(office_load(&office, RULE("zoe", "2026-12-01", "1d"))->rules[0]->status,
                     RULE_STABLE);
    ck_assert_uint_eq(diag_warnings(office.kit.diag), 0);
    office_end(&office);
}
END_TEST

/* What is no line of the file is a fault, so that a rule set with a damaged file is not taken.
 */
START_TEST(a_damaged_file_is_a_fault)
{
    struct office office;

    office_begin(&office);
    const struct rule *rule = kit_rule(&office.kit, RULE("zoe", "2026-12-01", "1d"));
    office_sign(&office, rule, 0, 0);
    office.lines.data[office.lines.size - 2] = 'x';
    text_add(&office.lines, SLICE("# a comment\n\n<<<<<<< ours\n"));
    FILE *const file = fopen(office.lock, "w");
    ck_assert_ptr_nonnull(file);
    (void)fwrite(office.lines.data, 1, office.lines.size, file);
    ck_assert_int_eq(fclose(file), 0);
    office.kit.options.approvers = &office.approvers;
    office.kit.diag = diag_new(office.kit.arena);
    (void)kit_load(&office.kit, RULE("zoe", "2026-12-01", "1d"));
    ck_assert_uint_eq(diag_errors(office.kit.diag), 2);
    ck_assert(says(&office, ":1:1: error[E220]") && says(&office, ":4:1: error[E220]"));
    office_end(&office);
}
END_TEST

Suite *approval_suite(void)
{
    const TTest *const tests[] = {two_people_make_a_rule_stable,
                                  other_words_keep_the_approvals,
                                  not_everybody_counts,
                                  a_reader_of_an_unapproved_rule_is_lowered,
                                  without_approvers_nothing_is_asked,
                                  a_damaged_file_is_a_fault,
                                  NULL};
    Suite *const suite = unit_suite("approval", tests);

    unit_loop(suite, a_change_voids_the_approvals, COUNT_OF(changes));
    return suite;
}

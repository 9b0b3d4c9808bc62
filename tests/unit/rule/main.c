#include "seinpost/rule/pattern.h"

#include <unistd.h>

#include "lab.h"

#define CLEAR "\"seinpost.class\":\"clear\""
#define CARD                                                                                   \
    "\"seinpost.class\":\"personal\",\"seinpost.kind\":\"card\",\"seinpost.type\":\"token\""
#define OPTIONAL(type)    "\"type\":[\"null\"," type "],\"default\":null,"
#define MANY              OPTIONAL("{\"type\":\"array\",\"items\":\"string\"}")
#define FIELD(name, rest) "{\"name\":\"" name "\"," rest "}"
#define TYPED(name, type)                                                                      \
    FIELD(name, OPTIONAL("\"string\"") CLEAR ",\"seinpost.type\":\"" type "\"")
#define TYPED_MANY(name, type) FIELD(name, MANY CLEAR ",\"seinpost.type\":\"" type "\"")
#define MOMENT(name)                                                                           \
    FIELD(name, OPTIONAL("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}") CLEAR     \
          ",\"seinpost.type\":\"time\"")

static const char
    schema[] =
        "{\"type\":\"record\",\"namespace\":\"air\",\"name\":\"thing\",\"fields\":["
        "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"source\",\"type\":\"string\"},"
        "{\"name\":\"time\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"
        "{\"name\":\"data\",\"type\":{\"type\":\"record\",\"name\":\"thing_data\",\"fields\":"
        "[" TYPED("word", "text") "," TYPED_MANY("words", "text") "," TYPED(
            "code",
            "code") "," TYPED_MANY("codes",
                                   "code") "," FIELD("number", OPTIONAL("\"long\"")
                                                                   CLEAR) "," FIELD("other", OPTIONAL("\"int\"") CLEAR) "," FIELD("size", OPTIONAL("\"int\"") CLEAR ",\"seinpost.unit\":\"km\"") "," FIELD("flag", OPTIONAL("\"boolean\"") CLEAR) "," FIELD("amount_minor", OPTIONAL("\"long\"") CLEAR ",\"seinpost.type\":\"money\"") "," FIELD("fee_minor",
                                                                                                                                                                                                                                                                                                                                                 OPTIONAL("\"long\"") CLEAR ",\"seinpost.type\":\"money\"") "," TYPED("currency",
                                                                                                                                                                                                                                                                                                                                                                                                                      "code") "," MOMENT("start") "," MOMENT("end") "," TYPED("place", "place") "," TYPED_MANY("places", "place") "," FIELD("payer_ref", OPTIONAL("\"string\"") CARD ",\"seinpost.role\":\"debtor\"") "," FIELD("payee_ref",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                OPTIONAL(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                    "\"string\"") CARD
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                ",\"seinpost.role\":\"creditor\"") "]}}]}";

struct kit lab_begin(void)
{
    char folder[] = "/tmp/seinpost-unit-XXXXXX", path[64];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/thing.avsc", folder);
    FILE *const file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(schema, file);
    fclose(file);
    const struct kit kit = kit_begin_with(folder);
    unlink(path);
    rmdir(folder);
    return kit;
}

struct compile lab_compile(struct kit *kit)
{
    return (struct compile){.arena = kit->arena,
                            .diag = kit->diag,
                            .catalogue = kit->catalogue,
                            .lists = list_set_new(kit->arena),
                            .patterns = pattern_set_new(kit->arena)};
}

const struct tree *lab_tree(struct kit *kit, const char *yaml)
{
    const char *const copy = arena_copy(kit->arena, yaml, strlen(yaml) + 1);
    const struct tree *const tree = tree_read(kit->diag, kit->arena, "a.yaml", slice_of(copy));

    ck_assert_msg(tree != NULL && diag_errors(kit->diag) == 0, "%s", yaml);
    return tree;
}

int main(void)
{
    Suite *const suites[] = {approval_suite(),
                             expression_suite(),
                             index_suite(),
                             list_suite(),
                             literal_suite(),
                             load_suite(),
                             meaning_suite(),
                             predicate_suite(),
                             predicate_faults_suite(),
                             rule_suite(),
                             ruletest_suite(),
                             succession_suite(),
                             wildcard_suite(),
                             NULL};

    return unit_run(suites);
}

#include "seinpost/schema/kind.h"

#include "seinpost/base/ensure.h"

static const struct {
    const char *name;
    const char *prefix;
    bool is_register;
} kinds[KINDS_COUNT] = {
    [KIND_NONE] = {"", "", false},
    [KIND_CARD] = {"card", "pay", false},
    [KIND_ACCOUNT] = {"account", "iban", false},
    [KIND_PHONE] = {"phone", "phone", false},
    [KIND_EMAIL] = {"email", "email", false},
    [KIND_DOCUMENT] = {"document", "doc", false},
    [KIND_BOOKING] = {"booking", "booking", false},
    [KIND_PERSON] = {"person", "person", false},
    [KIND_COMPANY] = {"company", "kvk", true},
    [KIND_ADDRESS] = {"address", "bag", true},
    [KIND_AGENCY] = {"agency", "agency", false},
    [KIND_VEHICLE] = {"vehicle", "plate", false},
};

enum kind kind_find(struct slice name)
{
    for (int i = KIND_NONE + 1; i < KINDS_COUNT; i++) {
        if (slice_is(name, kinds[i].name)) {
            return (enum kind)i;
        }
    }
    return KIND_NONE;
}

struct slice kind_name(enum kind kind)
{
    return slice_of(kinds[kind].name);
}

struct slice kind_prefix(enum kind kind)
{
    return slice_of(kinds[kind].prefix);
}

bool kind_is_pseudonym(enum kind kind, struct slice text)
{
    struct slice rest = text;

    if (!slice_equal(slice_cut(&rest, ':'), kind_prefix(kind))) {
        return false;
    }
    const struct slice epoch = slice_cut(&rest, ':');
    if (epoch.size == 0 || epoch.size > 16 || rest.size != 32) {
        return false;
    }
    for (size_t i = 0; i < rest.size; i++) {
        const char c = rest.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

bool kind_is_register(enum kind kind)
{
    ENSURE(kind < KINDS_COUNT);
    return kinds[kind].is_register;
}

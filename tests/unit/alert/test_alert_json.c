#include "seinpost/alert/alert_json.h"

#include <jansson.h>

#include "desk.h"

static json_t *json_of(const struct alert *alert, bool shadow)
{
    struct text text = {0};
    json_error_t error;

    alert_json(alert, shadow, &text);
    ck_assert_ptr_null(memchr(text.data, '\n', text.size));
    json_t *const json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json_is_object(json), "%s in %.*s", error.text, (int)text.size, text.data);
    text_free(&text);
    return json;
}

static const char *word(const json_t *json, const char *key)
{
    const char *const text = json_string_value(json_object_get(json, key));

    ck_assert_msg(text != NULL, "no text %s", key);
    return text;
}

/* An alert is one JSON object, whose texts are those of the alert. */
START_TEST(an_alert_is_one_object)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    json_t *const json = json_of(&desk->alerts[1], false);

    ck_assert_str_eq(word(json, "rule"), "r");
    ck_assert_str_eq(word(json, "state"), "updated");
    ck_assert_str_eq(word(json, "level"), "high");
    ck_assert_slice_eq(desk->alerts[1].summary, word(json, "summary"));
    ck_assert_slice_eq(desk->alerts[1].explain, word(json, "explain"));
    ck_assert_str_eq(word(json, "review"), "required");
    ck_assert_uint_eq(json_array_size(json_object_get(json, "evidence")), 3);
    json_decref(json);
    desk_end(desk);
}
END_TEST

/* Texts that JSON must escape stay what they are. */
START_TEST(texts_are_escaped)
{
    const struct alert alert = {.id = SLICE("i"),
                                .title = SLICE("a \"b\" \\ \n caf\xC3\xA9"),
                                .review = SLICE("required")};
    json_t *const json = json_of(&alert, false);

    ck_assert_str_eq(word(json, "title"), "a \"b\" \\ \n caf\xC3\xA9");
    json_decref(json);
}
END_TEST

/* An alert that no desk gets says so. */
START_TEST(a_shadow_alert_says_so)
{
    const struct alert alert = {.id = SLICE("i")};
    json_t *const shadow = json_of(&alert, true), *const plain = json_of(&alert, false);

    ck_assert(json_is_true(json_object_get(shadow, "shadow")));
    ck_assert(!json_is_true(json_object_get(plain, "shadow")));
    json_decref(shadow);
    json_decref(plain);
}
END_TEST

Suite *alert_json_suite(void)
{
    const TTest *const tests[] = {an_alert_is_one_object, texts_are_escaped,
                                  a_shadow_alert_says_so, NULL};

    return unit_suite("alert_json", tests);
}

#include "seinpost/registry/registry.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_WAIT_S = 5,
    HTTP_OK = 200,
    HTTP_UNAUTHORIZED = 401,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_TIMEOUT = 408,
    HTTP_TOO_LARGE = 413,
    HTTP_TOO_MANY = 429,
    HTTP_SERVER_ERROR = 500,
};

struct registry {
    CURL *curl;
    struct curl_slist *headers;
    char *url; /* without a slash at its end */
    struct text answer;
};

static size_t on_data(char *data, size_t size, size_t count, void *context)
{
    struct registry *registry = context;

    if (registry->answer.size + size * count > REGISTRY_ANSWER_MAX) {
        return 0; /* curl ends the transfer with an error */
    }
    text_add(&registry->answer, (struct slice){data, size * count});
    return size * count;
}

struct registry *registry_new(const char *url)
{
    struct registry *registry = calloc(1, sizeof *registry);

    ENSURE_MEMORY(registry != NULL);
    registry->curl = curl_easy_init();
    ENSURE_MEMORY(registry->curl != NULL);
    registry->url = strdup(url);
    ENSURE_MEMORY(registry->url != NULL);
    for (size_t size = strlen(url); size > 0 && registry->url[size - 1] == '/'; size--) {
        registry->url[size - 1] = '\0';
    }
    registry->headers =
        curl_slist_append(NULL, "Content-Type: application/vnd.schemaregistry.v1+json");
    ENSURE_MEMORY(registry->headers != NULL);
    return registry;
}

void registry_free(struct registry *registry)
{
    if (registry == NULL) {
        return;
    }
    curl_easy_cleanup(registry->curl);
    curl_slist_free_all(registry->headers);
    free(registry->url);
    text_free(&registry->answer);
    free(registry);
}

static void prepare(struct registry *registry, const char *url)
{
    CURL *curl = registry->curl;

    curl_easy_reset(curl); /* keeps the connection */
    text_clear(&registry->answer);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, registry->headers);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, registry);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); /* there are other threads */
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)REGISTRY_WAIT_S);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_WAIT_S);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
}

/* Returns the HTTP status; 0 when there was no answer. */
static long ask(struct registry *registry, struct slice path, const char *body)
{
    struct text url = {0};
    long status = 0;

    text_format(&url, "%s%.*s", registry->url, SLICE_ARGS(path));
    text_add_byte(&url, '\0');
    prepare(registry, url.data);
    if (body != NULL) {
        (void)curl_easy_setopt(registry->curl, CURLOPT_POSTFIELDS, body);
    }
    const CURLcode code = curl_easy_perform(registry->curl);
    if (code == CURLE_WRITE_ERROR) { /* on_data() had enough */
        status = HTTP_TOO_LARGE;
    } else if (code != CURLE_OK) {
        log_error("schema registry: %s", curl_easy_strerror(code));
    } else {
        (void)curl_easy_getinfo(registry->curl, CURLINFO_RESPONSE_CODE, &status);
    }
    text_free(&url);
    return status;
}

static json_t *answer_of(const struct registry *registry)
{
    return json_loadb(registry->answer.data, registry->answer.size, 0, NULL);
}

/* `{"schema": "...", "schemaType": "AVRO"}`; the type is left out for Avro. */
static bool take_schema(const json_t *answer, struct text *schema)
{
    const char *text = json_string_value(json_object_get(answer, "schema"));
    const char *type = json_string_value(json_object_get(answer, "schemaType"));

    if (text == NULL) {
        return false;
    }
    if (type == NULL || strcmp(type, "AVRO") == 0) {
        text_add(schema, slice_of(text));
    }
    return true;
}

/* Is it the registry that cannot answer now, or is it this id that it does not give? What is
 * said of one id must not hold up everybody else's records. */
static bool is_passing(long status)
{
    return status == 0 || status == HTTP_UNAUTHORIZED || status == HTTP_FORBIDDEN ||
           status == HTTP_TIMEOUT || status == HTTP_TOO_MANY || status >= HTTP_SERVER_ERROR;
}

enum outcome registry_find(struct registry *registry, uint64_t id, struct text *schema)
{
    struct text path = {0};

    text_format(&path, "/schemas/ids/%llu", (unsigned long long)id);
    const long status = ask(registry, text_slice(&path), NULL);
    text_free(&path);
    if (is_passing(status)) {
        log_error("schema registry: schema %llu: status %ld", (unsigned long long)id, status);
        return OUTCOME_RETRY;
    }
    json_t *answer = status == HTTP_OK ? answer_of(registry) : NULL;
    const bool good = answer != NULL && take_schema(answer, schema);
    json_decref(answer);
    if (!good && status != HTTP_NOT_FOUND) {
        log_error("schema registry: no use of the answer to schema %llu, status %ld",
                  (unsigned long long)id, status);
    }
    return OUTCOME_OK;
}

enum outcome registry_put(struct registry *registry, const char *subject, struct slice schema,
                          uint64_t *id)
{
    struct text path = {0};
    struct text body = {0};
    char *escaped = curl_easy_escape(registry->curl, subject, 0);

    ENSURE_MEMORY(escaped != NULL);
    text_format(&path, "/subjects/%s/versions", escaped);
    text_add(&body, SLICE("{\"schema\":"));
    text_add_json(&body, schema);
    text_add(&body, SLICE("}"));
    text_add_byte(&body, '\0');
    const long status = ask(registry, text_slice(&path), body.data);
    json_t *answer = status == HTTP_OK ? answer_of(registry) : NULL;
    const json_t *number = json_object_get(answer, "id");
    const bool good = json_is_integer(number);
    *id = good ? (uint64_t)json_integer_value(number) : 0;
    json_decref(answer);
    curl_free(escaped);
    text_free(&path);
    text_free(&body);
    if (!good) {
        log_error("schema registry: subject %s: status %ld", subject, status);
        return OUTCOME_RETRY;
    }
    return OUTCOME_OK;
}

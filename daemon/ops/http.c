#include "seinpost/ops/http.h"

#include "seinpost/base/ensure.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PORT_MAX = 65535,
    CONNECTIONS_MAX = 64,
    IDLE_S = 10,
};

struct http {
    struct MHD_Daemon *daemon;
    const struct http_page *pages;
    size_t count;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              const struct text *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(text->size, text->data, MHD_RESPMEM_MUST_COPY);

    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                  "text/plain; version=0.0.4; charset=utf-8");
    const enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* Eight parameters by libmicrohttpd's MHD_AccessHandlerCallback. */
// NOLINTNEXTLINE(readability-function-size)
static enum MHD_Result on_request(void *self, struct MHD_Connection *connection,
                                  const char *url, const char *method, const char *version,
                                  const char *body, size_t *body_size, void **state)
{
    const struct http *http = self;
    struct text text = {0};
    unsigned status = MHD_HTTP_NOT_FOUND;

    (void)version;
    (void)body;
    (void)body_size;
    (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
    } else {
        for (size_t i = 0; i < http->count; i++) {
            if (strcmp(http->pages[i].path, url) == 0) {
                status = http->pages[i].make(http->pages[i].context, &text);
            }
        }
    }
    if (text.size == 0) {
        text_format(&text, "%u\n", status);
    }
    const enum MHD_Result result = answer(connection, status, &text);
    text_free(&text);
    return result;
}

static bool read_address(const char *text, struct sockaddr_in *address)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    long long port = 0;

    if (colon == NULL || (size_t)(colon - text) >= sizeof host ||
        !slice_number(slice_of(colon + 1), &port) || port < 1 || port > PORT_MAX) {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

struct http *http_start(const char *text, const struct http_page *pages, size_t count)
{
    struct sockaddr_in address;

    if (!read_address(text, &address)) {
        return NULL;
    }
    struct http *http = calloc(1, sizeof *http);
    ENSURE_MEMORY(http != NULL);
    *http = (struct http){.pages = pages, .count = count};
    http->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request, http, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_END);
    if (http->daemon == NULL) {
        free(http);
        return NULL;
    }
    return http;
}

void http_stop(struct http *http)
{
    if (http != NULL) {
        MHD_stop_daemon(http->daemon);
        free(http);
    }
}

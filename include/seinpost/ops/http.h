/* http: what operators and their monitoring ask of a running daemon: GET, and nothing else. It
 * changes nothing and tells no identity.
 *
 * Owns:    its thread and socket, until http_stop().
 * Thread:  start and stop: one; pages are made by its own thread.
 * Fails:   by NULL when the address is taken or is none.
 */
#ifndef SEINPOST_OPS_HTTP_H
#define SEINPOST_OPS_HTTP_H

#include "seinpost/base/text.h"

struct http;

/* A page: appends its text and returns the HTTP status. Called by http's thread. */
struct http_page {
    const char *path;
    unsigned (*make)(void *context, struct text *text);
    void *context;
};

/* Serves the pages at `text`, an IPv4 address as `host:port`. They must outlive the server. */
struct http *http_start(const char *text, const struct http_page *pages, size_t count);
void http_stop(struct http *http);

#endif

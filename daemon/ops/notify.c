#include "seinpost/ops/notify.h"

#include "seinpost/base/text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void send_text(const struct text *text)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path == NULL || strlen(path) < 2 || strlen(path) >= sizeof address.sun_path) {
        return;
    }
    memcpy(address.sun_path, path, strlen(path));
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (path[0] == '@') { /* in the abstract name space */
        address.sun_path[0] = '\0';
    }
    const int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (sender >= 0) {
        (void)sendto(sender, text->data, text->size, MSG_NOSIGNAL, (struct sockaddr *)&address,
                     size);
        (void)close(sender);
    }
}

void notify_ready(struct slice status)
{
    struct text text = {0};

    text_format(&text, "READY=1\nSTATUS=%.*s\n", SLICE_ARGS(status));
    send_text(&text);
    text_free(&text);
}

void notify_reloading(void)
{
    struct timespec now;
    struct text text = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    text_format(&text, "RELOADING=1\nMONOTONIC_USEC=%lld\n",
                (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    send_text(&text);
    text_free(&text);
}

void notify_stopping(void)
{
    struct text text = {0};

    text_add(&text, SLICE("STOPPING=1\n"));
    send_text(&text);
    text_free(&text);
}

void notify_alive(void)
{
    struct text text = {0};

    if (getenv("WATCHDOG_USEC") != NULL) {
        text_add(&text, SLICE("WATCHDOG=1\n"));
        send_text(&text);
        text_free(&text);
    }
}

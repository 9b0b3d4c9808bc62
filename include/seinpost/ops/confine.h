/* confine: the daemon gives up what it never needs, before it reads a partner's first byte:
 * whoever gets into it finds no program to start, no file to write but snapshots, no other
 * process to read. A systemd unit does the same from outside; this holds without one.
 *
 * Owns:    nothing; what is given up is gone for the life of the process and of its threads.
 * Thread:  the first, before there are others.
 * Fails:   by its result: what the kernel cannot do is told, and the daemon goes on.
 */
#ifndef SEINPOST_OPS_CONFINE_H
#define SEINPOST_OPS_CONFINE_H

struct confined {
    int files; /* version of Landlock's interface; 0: the kernel has none */
    int calls; /* 1: calls are filtered (seccomp); 0: the kernel cannot */
};

/* From now on: no core file and no reading by others of the same user (state is personal data);
 * no new privileges; no file is written, made, removed or started but below `folder` (NULL:
 * nowhere), which is made if it is not there, and where none is started either; calls that no
 * daemon of this kind makes fail with EPERM, as do sockets of other families than UNIX, INET,
 * INET6 and route's. Reading is not limited: what may be read is the user's and the unit's
 * matter. landlock(7), seccomp(2), prctl(2). */
struct confined confine(const char *folder);

#endif

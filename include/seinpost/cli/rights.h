/* rights: a shell script of Kafka's own tool that gives the daemon, or who reads its alerts,
 * the rights that it needs and no other.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code, with a message on stderr.
 */
#ifndef SEINPOST_CLI_RIGHTS_H
#define SEINPOST_CLI_RIGHTS_H

/* Prints those of a daemon of the configuration, whose user is $SEINPOST_USER; or with a
 * `reader`, USER:TOPIC, those of a desk's user: that topic, read by groups that are its own. */
int rights_print(const char *path, const char *reader);

#endif

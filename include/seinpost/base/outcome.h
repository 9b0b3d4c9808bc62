/* outcome: how a request to the world (broker, registry, disk) ended.
 *
 * It is the second of three kinds of wrong: not our mistake (ENSURE), not an input's fault
 * (verdict, diag), but the world's. Who gets one must look at it.
 */
#ifndef SEINPOST_BASE_OUTCOME_H
#define SEINPOST_BASE_OUTCOME_H

enum outcome {
    OUTCOME_OK,
    OUTCOME_RETRY, /* nothing happened; the same request may be made again */
    OUTCOME_ABORT, /* the transaction is void; abort it and send its outputs again */
    OUTCOME_STOP,  /* unclear or fatal: drop everything and read the log again */
};

#define MUST_USE __attribute__((warn_unused_result))

#endif

/**
 * What `lab run --help` says of fault plans.
 */

/** The help; each fault kind with its keys. */
export const FAULTS_HELP: string = `
  --faults FILE: JSON, for example
    {"schemaVersion": 1, "seed": 7, "device": "channels:8,exp:80us",
     "faults": [{"kind": "status", "every": 100, "status": "internal"},
                {"kind": "timeout", "io": 12, "end": "reset"}]}
  Each fault chooses I/Os by io (a number from 0, or a list), every (from) or
  probability, and hits each times (1) attempts of its first request:
    mapping, descriptor  the nth (1) of a request fails; the kernel waits
    bounce               the pool is full; needs "bouncePool": "1MiB"
    tag                  no tag is free; the submitter sleeps
    status               status: read_error, internal, ...; retry: true, false
    timeout              end: aborted, reset, polled; 30 s each
    completion           how: unknown_id, stale_id, wrong_phase, duplicate
    short                bytes (512) are moved; reported: true, false
    reorder              delay (100us): others complete before it
    unplug               provider (0, or a name) goes before that io
  Every status and byte is checked; a wrong one ends with exit status 1.
`;

/*
 * How the path finds out that an address is P2P
 * (sim/recognition/recognition.ts): one strategy is compiled in. Each answers
 *   segment_flag()  the flag that is stored with a segment in a bio
 *   same_bio()      whether memory may follow a segment in the same bio
 *   same_segment()  whether adjacent memory may extend a segment of a bio
 *   bars_merging()  whether a bio that takes this memory is never merged
 *   provider_of()   provider index + 1 of a segment to be mapped, 0 for none
 *   may_join()      whether adjacent memory is one segment while mapping
 */
#ifndef RECOGNITION_H
#define RECOGNITION_H

#include "chosen_recognition.h"

#endif

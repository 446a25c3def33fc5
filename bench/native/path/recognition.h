/*
 * How the path finds out that an address is P2P
 * (sim/recognition/recognition.ts): one strategy is compiled in. Each answers
 *   segment_flag()  the flag that is stored with a segment in a bio
 *   same_bio()      whether memory may follow a segment in the same bio
 *   bars_merging()  whether a bio that takes this memory is never merged
 *   provider_of()   provider index + 1 of a segment to be mapped, 0 for none
 *   may_join()      whether adjacent memory is one segment while mapping
 */
#ifndef RECOGNITION_H
#define RECOGNITION_H

#if defined(RECOGNISE_PAGE)
#include "recognise_page.h"
#elif defined(RECOGNISE_SEGMENT)
#include "recognise_segment.h"
#elif defined(RECOGNISE_BIO)
#include "recognise_bio.h"
#elif defined(RECOGNISE_RANGE)
#include "recognise_range.h"
#elif defined(RECOGNISE_MAP_FIRST)
#include "recognise_map_first.h"
#endif

#endif

/*
 * The same algorithm as sim/cache in C, for the comparison of speed only: LRU
 * by shifting lines in the pass that finds one, write-back, write-allocate,
 * non-inclusive, Dinero's order of events and its splits, over the same three
 * columns of references. A line is one word here and two in sim/cache, as is
 * natural to each.
 *
 * cc -O2 -shared -fPIC -o cache_model.so cache_model.c
 */
#include <stdint.h>
#include <stdlib.h>

#define DIRTY (1ull << 63)
#define FREE (1ull << 62)

enum { READ, WRITE, INSTRUCTION };

struct level {
	uint64_t *tags;		/* set by set, most recent line first */
	uint64_t set_mask;
	uint32_t ways, shift, line;
	struct level *next;
	uint64_t accesses[3], misses[3];
	uint64_t writebacks, splits, from_next, to_next;
};

static void reference(struct level *l, uint64_t address, uint32_t size,
		      unsigned kind);

static void piece(struct level *l, uint64_t address, uint32_t size,
		  unsigned kind)
{
	uint64_t line = address >> l->shift;
	uint64_t *set = l->tags + (line & l->set_mask) * l->ways;
	uint64_t held = line, next;
	uint32_t way;

	l->accesses[kind]++;
	for (way = 0; way < l->ways; way++) {
		next = set[way];
		set[way] = held;
		held = next;
		if ((held & ~DIRTY) == line)
			break;
	}
	if (way < l->ways) {
		set[0] = kind == WRITE ? held | DIRTY : held;
		return;
	}
	l->misses[kind]++;
	if (kind == WRITE)
		set[0] = line | DIRTY;
	if (kind != WRITE || size != l->line) {
		l->from_next += l->line;
		if (l->next)
			reference(l->next, line << l->shift, l->line,
				  kind == WRITE ? READ : kind);
	}
	if (!(held & FREE) && (held & DIRTY)) {
		l->writebacks++;
		l->to_next += l->line;
		if (l->next)
			reference(l->next, (held & ~DIRTY) << l->shift,
				  l->line, WRITE);
	}
}

static void reference(struct level *l, uint64_t address, uint32_t size,
		      unsigned kind)
{
	uint32_t room = l->line - (address & (l->line - 1));

	while (size > room) {
		l->splits++;
		piece(l, address, room, kind);
		address += room;
		size -= room;
		room = l->line;
	}
	piece(l, address, size, kind);
}

struct level *level_new(uint32_t sets, uint32_t ways, uint32_t shift,
			struct level *next)
{
	struct level *l = calloc(1, sizeof(*l));
	uint64_t i, lines = (uint64_t)sets * ways;

	l->tags = malloc(lines * sizeof(*l->tags));
	for (i = 0; i < lines; i++)
		l->tags[i] = FREE;
	l->set_mask = sets - 1;
	l->ways = ways;
	l->shift = shift;
	l->line = 1u << shift;
	l->next = next;
	return l;
}

void level_free(struct level *l)
{
	free(l->tags);
	free(l);
}

/* Counts of a level: accesses, misses (by kind), write-backs, splits, bytes. */
void level_counts(const struct level *l, uint64_t *out)
{
	unsigned kind;

	for (kind = 0; kind < 3; kind++) {
		out[kind] = l->accesses[kind];
		out[3 + kind] = l->misses[kind];
	}
	out[6] = l->writebacks;
	out[7] = l->splits;
	out[8] = l->from_next;
	out[9] = l->to_next;
}

/* The same short cut as the loop of sim/cache: the recent line of a set. */
void run(struct level *data, struct level *instruction, const int32_t *lo,
	 const int32_t *hi, const int32_t *size_and_kind, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t meta = (uint32_t)size_and_kind[i];
		uint64_t address = (uint64_t)(uint32_t)hi[i] << 32 |
				   (uint32_t)lo[i];
		uint32_t size = meta >> 2;
		unsigned kind = meta & 3;
		struct level *l = kind & 2 ? instruction : data;

		if (kind == 3) {
			reference(data, address, size, READ);
			reference(data, address, size, WRITE);
			continue;
		}
		uint64_t line = address >> l->shift;
		uint64_t *set = l->tags + (line & l->set_mask) * l->ways;
		if ((*set & ~DIRTY) == line &&
		    (address & (l->line - 1)) + size <= l->line) {
			l->accesses[kind]++;
			if (kind == WRITE)
				*set |= DIRTY;
			continue;
		}
		reference(l, address, size, kind);
	}
}

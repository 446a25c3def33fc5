#include "walk.h"
extern int sink;
int sink;
static inline __attribute__((always_inline)) int walk(const int *lens, int count)
{
	int sum = 0;
	for (int i = 0; i < count; i++) {
		sum += step_len(lens[i], 4096);
		if (__builtin_expect(sum > 1 << 20, 0))
			sink = sum;
	}
	return sum;
}
int submit(const int *lens, int count)
{
	return walk(lens, count) + 1;
}
int complete(const int *lens)
{
	sink = step_len(lens[0], sink);
	return lens[1];
}

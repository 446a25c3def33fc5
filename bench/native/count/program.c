/*
 * The path in C as a program of its own, over the dump of a prepared path
 * (dump.ts): so many I/Os to warm up, then those that are counted, between two
 * functions that tools find by their names. path.c is compiled apart from it.
 *
 * Arguments: the dump; then `--warm` to leave out what is counted, or, to
 * compare, a file for the commands with their lists and one for the arena
 * afterwards.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;

void path_open(u8 *memory, const u64 *places, const u64 *ranges,
	       s32 (*process)(void));
s32 path_replay(const u64 *columns, const s32 *ios, u32 count, u32 passes);
void path_counts(u64 *counts);

#define MAGIC 0x62766563636e7401ull
#define MOST_COLUMNS 16
/* NATIVE_COUNTS of native_path.ts. */
#define COUNTS 9
#define MARK __attribute__((noinline, noclone, used))

/* What the dump begins with: sizes, and offsets in the file. */
struct dump {
	u64 magic, file_bytes, arena, arena_bytes;
	u64 places, ranges, ios, io_count, warm_ios;
	/* Offsets in the arena. */
	u64 submission_ring, completion_ring, doorbell;
	u64 ring_entries, block_bytes;
	u64 columns, column[MOST_COLUMNS];
};

static const struct dump *dump;

#include "capture.h"

/* Where counting ends, whatever the tool. */
MARK void counting_ends(void)
{
	__asm__ volatile("" ::: "memory");
}

/* Where it begins: tools count from the first instruction of this. */
MARK s32 counted(const u64 *columns, const s32 *ios, u32 count)
{
	s32 result = path_replay(columns, ios, count, 1);

	/* No jump in place of the call: it has to return to here. */
	__asm__ volatile("" ::: "memory");
	return result;
}

/*
 * In place of the C library's, which choose by the CPU that they run on: a
 * compiler may call these of its own accord.
 */
void *memcpy(void *to, const void *from, size_t bytes)
{
	unsigned long *words = to;
	const unsigned long *source = from;
	size_t rest = bytes % sizeof(*words);

	if ((((size_t)to | (size_t)from) & (sizeof(*words) - 1)) != 0)
		rest = bytes;
	for (size_t i = (bytes - rest) / sizeof(*words); i > 0; i--)
		*words++ = *source++;
	for (size_t at = bytes - rest; at < bytes; at++)
		((u8 *)to)[at] = ((const u8 *)from)[at];
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	for (size_t at = 0; at < bytes; at++)
		((u8 *)to)[at] = value;
	return to;
}

static int fail(const char *what)
{
	fprintf(stderr, "lab-count: cannot %s\n", what);
	return 1;
}

/* All of the I/Os; those after the first are counted. */
static s32 run(const u64 *columns, const s32 *ios, bool only_warms)
{
	s32 result = path_replay(columns, ios, dump->warm_ios, 1);

	if (result != 0 || only_warms)
		return result;
	result = counted(columns, ios + dump->warm_ios,
			 dump->io_count - dump->warm_ios);
	counting_ends();
	return result;
}

static u8 *map_dump(const char *path)
{
	int descriptor = open(path, O_RDONLY);
	struct stat status;
	u8 *file;

	if (descriptor < 0 || fstat(descriptor, &status) != 0)
		return NULL;
	file = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
		    descriptor, 0);
	dump = (const struct dump *)file;
	if (file == MAP_FAILED || dump->magic != MAGIC ||
	    dump->file_bytes != (u64)status.st_size)
		return NULL;
	return file;
}

static bool write_file(const char *path, const u8 *bytes, size_t count)
{
	FILE *file = fopen(path, "wb");

	return file != NULL && fwrite(bytes, 1, count, file) == count &&
	       fclose(file) == 0;
}

int main(int argc, char **argv)
{
	u64 columns[MOST_COLUMNS], counts[COUNTS];
	bool captures = argc == 4;
	bool only_warms = argc == 3 && strcmp(argv[2], "--warm") == 0;
	u8 *file;

	if (argc != 2 && !captures && !only_warms)
		return fail("run: expected a dump, then --warm or two files");
	file = map_dump(argv[1]);
	if (file == NULL)
		return fail("map the dump: it is missing, cut, or another's");
	for (u32 i = 0; i < dump->columns; i++)
		columns[i] = (unsigned long)(file + dump->column[i]);
	path_open(file + dump->arena, (const u64 *)(file + dump->places),
		  (const u64 *)(file + dump->ranges),
		  captures ? capture_commands : NULL);
	if (captures && !capture_start(file + dump->arena, argv[2]))
		return fail("write the commands");
	if (run(columns, (const s32 *)(file + dump->ios), only_warms) != 0)
		return fail("replay the I/Os");
	if (captures && (!capture_end() ||
			 !write_file(argv[3], file + dump->arena,
				     dump->arena_bytes)))
		return fail("write the arena");
	path_counts(counts);
	for (u32 i = 0; i < COUNTS; i++)
		printf("%llu%c", counts[i], i + 1 < COUNTS ? ' ' : '\n');
	return 0;
}

/*
 * A device that writes each command down with its lists, as descriptor_tape.ts
 * walks them, and completes it (sim/nvme/device.ts). It reads byte by byte, so
 * that it is right whatever the order of bytes of the machine is.
 */
#include <stdbool.h>

/* Of the NVMe specification, as in sim/nvme/command.ts. */
#define COMMAND_BYTES 64
#define COMPLETION_BYTES 16
#define LIST_BYTES 4096u
#define LAST_SEGMENT 0x30

static u8 *captured_arena;
static FILE *captured;
static u32 captured_head, completed_tail, completed_phase;

static u32 le16(const u8 *from)
{
	return from[0] | from[1] << 8;
}

static u32 le32(const u8 *from)
{
	return le16(from) | le16(from + 2) << 16;
}

static void put16(u8 *to, u32 value)
{
	to[0] = value;
	to[1] = value >> 8;
}

static bool capture_start(u8 *arena, const char *path)
{
	captured_arena = arena;
	captured_head = 0;
	completed_tail = 0;
	completed_phase = 1;
	captured = fopen(path, "wb");
	return captured != NULL;
}

static bool capture_end(void)
{
	return fclose(captured) == 0;
}

static void capture(const u8 *from, u32 bytes)
{
	fwrite(from, 1, bytes, captured);
}

/* PRP entries after PRP2, links between pages of the list included. */
static void capture_list(const u8 *entry)
{
	u32 bytes = (le16(entry + 48) + 1) * dump->block_bytes;
	u32 first = 4096 - (le32(entry + 24) & 4095);
	u32 pages, slot = 1;
	const u8 *at;

	if (bytes <= first + 4096)
		return;
	pages = (bytes - first + 4095) / 4096;
	at = captured_arena + le32(entry + 32);
	while (pages > 0) {
		capture(at, 8);
		/* The last slot of a full page links to the next one. */
		if (slot == LIST_BYTES / 8 && pages > 1) {
			at = captured_arena + le32(at);
			slot = 1;
			continue;
		}
		at += 8;
		pages--;
		slot++;
	}
}

static void capture_command(const u8 *entry)
{
	capture(entry, COMMAND_BYTES);
	if (entry[1] >> 6 == 0)
		capture_list(entry);
	else if (entry[39] == LAST_SEGMENT)
		capture(captured_arena + le32(entry + 24), le32(entry + 32));
}

static s32 capture_commands(void)
{
	u8 *ring = captured_arena + dump->submission_ring;
	u32 end = le32(captured_arena + dump->doorbell);

	while (captured_head != end) {
		const u8 *entry = ring + captured_head * COMMAND_BYTES;
		u8 *done = captured_arena + dump->completion_ring +
			completed_tail * COMPLETION_BYTES;

		capture_command(entry);
		captured_head = (captured_head + 1) % dump->ring_entries;
		put16(done, 0);
		put16(done + 2, 0);
		put16(done + 8, captured_head);
		put16(done + 10, 1);
		put16(done + 12, le16(entry + 2));
		put16(done + 14, completed_phase);
		completed_tail = (completed_tail + 1) % dump->ring_entries;
		if (completed_tail == 0)
			completed_phase ^= 1;
	}
	return 0;
}

/*
 * The pair of rings (sim/nvme/queue.ts; nvme_sq_copy_cmd(), nvme_write_sq_db()).
 * What a device reads or writes is little-endian, whatever the CPU is.
 */
#ifndef QUEUE_H
#define QUEUE_H

#define QUEUE_TAIL nvme_queue
#define QUEUE_HEAD (nvme_queue + 2)
#define QUEUE_PHASE (nvme_queue + 4)

/* nvme_sq_copy_cmd() */
ALWAYS_INLINE void ring_push(place command)
{
	u32 tail = get16(QUEUE_TAIL);

	_Static_assert(SQE_SIZE_BYTES == COPIED_BYTES, "size of a command");
	copy_words(submission_ring + tail * SQE_SIZE_BYTES, command);
	set16(QUEUE_TAIL, tail + 1 == RING_ENTRIES ? 0 : tail + 1);
}

/* nvme_write_sq_db() */
ALWAYS_INLINE void ring_doorbell(void)
{
	set_le32(doorbell, get16(QUEUE_TAIL));
}

/* The next completion's command id, or -1 where none is. */
ALWAYS_INLINE s32 ring_reap(u32 *status)
{
	u32 head = get16(QUEUE_HEAD);
	place entry = completion_ring + head * CQE_SIZE_BYTES;
	u32 word = get_le16(entry + CQE_STATUS);
	u32 command_id;

	if ((word & 1) != get16(QUEUE_PHASE))
		return -1;
	*status = word >> 1;
	command_id = get_le16(entry + CQE_COMMAND_ID);
	if (head + 1 == RING_ENTRIES) {
		set16(QUEUE_HEAD, 0);
		set16(QUEUE_PHASE, get16(QUEUE_PHASE) ^ 1);
	} else {
		set16(QUEUE_HEAD, head + 1);
	}
	return command_id;
}

#endif

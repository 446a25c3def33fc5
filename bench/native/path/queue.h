/*
 * The pair of rings (sim/nvme/queue.ts; nvme_sq_copy_cmd(), nvme_write_sq_db()).
 * What a device reads or writes is little-endian, whatever the CPU is.
 */
#ifndef QUEUE_H
#define QUEUE_H

#define QUEUE_TAIL (nvme_queue + NVME_QUEUE_SQ_TAIL)
#define QUEUE_HEAD (nvme_queue + NVME_QUEUE_CQ_HEAD)
#define QUEUE_PHASE (nvme_queue + NVME_QUEUE_CQ_PHASE)

/* Completions taken that the device does not know of yet. */
static u32 completions_taken;

/* nvme_sq_copy_cmd() */
ALWAYS_INLINE void ring_push(place command)
{
	u32 tail;

	touch_queue_push(nvme_queue);
	tail = get16(QUEUE_TAIL);
	_Static_assert(SQE_SIZE_BYTES == COPIED_BYTES, "size of a command");
	copy_words(submission_ring + tail * SQE_SIZE_BYTES, command);
	set16(QUEUE_TAIL, tail + 1 == RING_ENTRIES ? 0 : tail + 1);
}

/* nvme_write_sq_db() */
ALWAYS_INLINE void ring_doorbell(void)
{
	touch_queue_ring(nvme_queue);
	set_le32(doorbell, get16(QUEUE_TAIL));
}

/* The next completion's command id, or -1 where none is. */
ALWAYS_INLINE s32 ring_reap(u32 *status)
{
	u32 head, word, command_id;
	place entry;

	touch_queue_poll(nvme_queue);
	head = get16(QUEUE_HEAD);
	entry = completion_ring + head * CQE_SIZE_BYTES;
	word = get_le16(entry + CQE_STATUS);
	if ((word & 1) != get8(QUEUE_PHASE)) {
		/* nvme_ring_cq_doorbell() */
		if (completions_taken > 0) {
			completions_taken = 0;
			touch_queue_ring_completion(nvme_queue);
			set_le32(doorbell + 4, head);
		}
		return -1;
	}
	completions_taken++;
	touch_queue_handle(nvme_queue);
	touch_completion_handle(entry);
	*status = word >> 1;
	command_id = get_le16(entry + CQE_COMMAND_ID);
	if (head + 1 == RING_ENTRIES) {
		set16(QUEUE_HEAD, 0);
		set8(QUEUE_PHASE, get8(QUEUE_PHASE) ^ 1);
	} else {
		set16(QUEUE_HEAD, head + 1);
	}
	return command_id;
}

#endif

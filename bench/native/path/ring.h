/*
 * Commands and the pair of rings, and the device that takes every command and
 * completes it (sim/nvme/command_builder.ts, queue.ts, device.ts; nvme_setup_rw(),
 * nvme_sq_copy_cmd(), nvme_write_sq_db()). What a device reads or writes is
 * little-endian, whatever the CPU is.
 */
#ifndef RING_H
#define RING_H

/* nvme_setup_rw(): all of the command but its data pointer. */
ALWAYS_INLINE void command_prepare(place request)
{
	place iod = request + IOD_AT;
	place command = iod + IOD_COMMAND;
	u32 opf = get32(request + REQUEST_CMD_FLAGS);
	bool is_write = (opf & REQ_OP_MASK) == REQ_OP_WRITE;
	u32 bytes;

	set8(iod + IOD_FLAGS, 0);
	set8(iod + IOD_DESCRIPTOR_COUNT, 0);
	set_total(iod, 0);
	set8(command + SQE_OPCODE, is_write ? NVME_CMD_WRITE : NVME_CMD_READ);
	set8(command + SQE_FLAGS, 0);
	set_le16(command + SQE_COMMAND_ID, get32(request + REQUEST_TAG));
	set_le32(command + SQE_NSID, 1);
	set_le64(command + SQE_NSID + 4, 0);
	set_le64(command + SQE_METADATA, 0);
	/* nvme_sect_to_lba() */
	set_le64(command + SQE_SLBA, get64(request + REQUEST_SECTOR) >> BLOCK_SHIFT);
	bytes = get32(request + REQUEST_DATA_LEN);
	set_le16(command + SQE_LENGTH, (bytes >> (9 + BLOCK_SHIFT)) - 1);
	set_le16(command + SQE_CONTROL, (opf & REQ_FUA) != 0 ? NVME_RW_FUA : 0);
	set_le32(command + SQE_DSMGMT, 0);
	set_le64(command + SQE_REFERENCE_TAG, 0);
}

/* Writes the data pointer; where the whole command lies. */
ALWAYS_INLINE place command_finish(place request)
{
	place command = request + IOD_AT + IOD_COMMAND;

	set_le64(command + SQE_PRP1, pointer_first);
	set_le64(command + SQE_PRP2, pointer_second);
	if (pointer_flags != 0)
		set8(command + SQE_FLAGS, pointer_flags);
	return command;
}

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

/* The device's own registers. */
static u32 device_head;
static u32 device_tail;
static u32 device_phase;
/* Another device instead of the null device; 0 or -1 if it refuses. */
static s32 (*device_process)(void);
static jmp_buf device_refused;

/* createDevice() of sim/nvme/device.ts, with nothing to carry out. */
ALWAYS_INLINE void null_device(void)
{
	u32 end = get_le32(doorbell);

	while (device_head != end) {
		place entry = submission_ring + device_head * SQE_SIZE_BYTES;
		place done = completion_ring + device_tail * CQE_SIZE_BYTES;

		device_head = device_head + 1 == RING_ENTRIES ? 0 : device_head + 1;
		set_le32(done + CQE_RESULT, 0);
		set_le16(done + CQE_SQ_HEAD, device_head);
		set_le16(done + CQE_SQ_ID, 1);
		set_le16(done + CQE_COMMAND_ID, get_le16(entry + SQE_COMMAND_ID));
		set_le16(done + CQE_STATUS, device_phase);
		if (device_tail + 1 == RING_ENTRIES) {
			device_tail = 0;
			device_phase ^= 1;
		} else {
			device_tail++;
		}
	}
}

#endif

/*
 * The device that takes every command and completes it (sim/nvme/device.ts).
 */
#ifndef DEVICE_H
#define DEVICE_H

/* The device's own registers. */
static u32 device_head;
static u32 device_tail;
static u32 device_phase;
/* Another device instead of the null device; 0 or -1 if it refuses. */
static s32 (*device_process)(void);
static jmp_buf device_refused;

/* createDevice(), with nothing to carry out. */
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

/*
 * Commands (sim/nvme/command_builder.ts; nvme_setup_rw()). What a device reads
 * is little-endian, whatever the CPU is.
 */
#ifndef COMMAND_BUILDER_H
#define COMMAND_BUILDER_H

/* nvme_setup_rw(): all of the command but its data pointer. */
ALWAYS_INLINE void command_prepare(place request)
{
	place iod = request + IOD_AT;
	place command = iod + IOD_COMMAND;
	bool is_write;
	u32 opf, bytes;

	touch_iod_prepare(iod);
	opf = get32(request + REQUEST_CMD_FLAGS);
	is_write = (opf & REQ_OP_MASK) == REQ_OP_WRITE;
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

/* Writes the data pointer; returns where the whole command is. */
ALWAYS_INLINE place command_finish(place request)
{
	place command = request + IOD_AT + IOD_COMMAND;

	set_le64(command + SQE_PRP1, pointer_first);
	set_le64(command + SQE_PRP2, pointer_second);
	if (pointer_flags != 0)
		set8(command + SQE_FLAGS, pointer_flags);
	return command;
}

#endif

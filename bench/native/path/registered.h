/* Registered buffers of io_uring (sim/block/registered.ts). */
#ifndef REGISTERED_H
#define REGISTERED_H

#if REGISTERED_BUFFERS

/*
 * io_import_reg_buf(): looks at the header of a table and at its first vector;
 * vectors of the I/O, or -errno.
 */
ALWAYS_INLINE s32 import_buffer(u32 io, u32 operation, place table)
{
	u32 first = window_first_piece[io];
	u32 vectors = window_first_piece[io + 1] - first;
	u32 bytes = window_length_bytes[io];
	place header = table - UBUF_TABLE_AT;
	u32 length, offset, shift = 0;

	if (unlikely((u32)get64(header + UBUF_ADDRESS_AT) !=
		     (u32)window_phys_lo[first]))
		return -ERRNO_FAULT;
	length = UBUF_LENGTH_BYTES == POINTER_BYTES
			 ? get_long(header + UBUF_LENGTH_AT)
			 : (u32)get64(header + UBUF_LENGTH_AT);
	if (unlikely((s32)length < (s32)bytes))
		return -ERRNO_FAULT;
#ifdef UBUF_DIR_AT
	if (unlikely(((get8(header + UBUF_DIR_AT) >> operation) & 1) == 0))
		return -ERRNO_FAULT;
#endif
#ifdef UBUF_FLAGS_AT
	if (unlikely(get8(header + UBUF_FLAGS_AT) != 0))
		return -ERRNO_FAULT;
#endif
	if (unlikely(vector_length(table, vectors, 0) == 0))
		return -ERRNO_FAULT;
	offset = vector_offset(table, vectors, 0);
#ifdef UBUF_FOLIO_SHIFT_AT
	shift = get32(header + UBUF_FOLIO_SHIFT_AT);
#endif
	return shift == 0 ? vectors
			  : (offset + bytes + (1u << shift) - 1) >> shift;
}

#endif

#endif

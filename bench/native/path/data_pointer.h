/* Where a command says that its data is (sim/nvme/data_pointer.ts). */
#ifndef DATA_POINTER_H
#define DATA_POINTER_H

/* union nvme_data_ptr of the command being built, and its flags byte. */
static u64 pointer_first;
static u64 pointer_second;
static u8 pointer_flags;

#endif

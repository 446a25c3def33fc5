/**
 * The command of a request: built in the nvme_iod, then copied to the ring
 * (drivers/nvme/host/core.c nvme_setup_rw, pci.c nvme_prep_rq).
 */
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../block/operation.ts";
import type { RequestTable } from "../block/request.ts";
import type { KernelMemory } from "../memory/kernel_memory.ts";
import { NVME_CMD, NVME_RW_FUA, SQE } from "./command.ts";
import type { DataPointer } from "./data_pointer.ts";
import type { IodFields } from "./iod.ts";

/** Builds commands. */
export interface CommandBuilder {
  /** Resets the iod and writes all of the command but its data pointer. */
  readonly prepare: (request: number) => void;
  /** Writes the data pointer; answers where the whole command lies. */
  readonly finish: (request: number) => number;
}

/** What the builder works with. */
export interface CommandBuilderOptions {
  /** Kernel memory. */
  readonly memory: KernelMemory;
  /** Where the fields of struct nvme_iod lie. */
  readonly iod: IodFields;
  /** Requests. */
  readonly requests: RequestTable;
  /** What the mapping stage left for the command. */
  readonly pointer: DataPointer;
  /** Bytes of a logical block. */
  readonly blockBytes: number;
}

/**
 * Makes the builder.
 *
 * @param options What it works with.
 * @returns The builder.
 */
export function createCommandBuilder(
  options: CommandBuilderOptions,
): CommandBuilder {
  const { memory, iod, requests, pointer } = options;
  // nvme_sect_to_lba(): sectors have 512 bytes, blocks may be larger.
  const blockShift = Math.log2(options.blockBytes) - 9;
  const { set8, get32, get64Lo, get64Hi, setLe32, setLe64, setLong } = memory;
  const { view } = memory;
  const { field, iodOffset } = requests;
  const commandAt = iodOffset + iod.command;
  const flagsAt = iodOffset + iod.flags;
  const countAt = iodOffset + iod.descriptorCount;
  const totalAt = iodOffset + iod.totalBytes;
  const setTotal = iod.totalIsLong ? setLong : memory.set32;
  const prepare = (request: number): void => {
    set8(request + flagsAt, 0);
    set8(request + countAt, 0);
    setTotal(request + totalAt, 0);
    const command = request + commandAt;
    const isWrite = (get32(request + field.opf) & REQ_OP_MASK) === REQ_OP.write;
    view.setUint8(
      command + SQE.opcode,
      isWrite ? NVME_CMD.write : NVME_CMD.read,
    );
    view.setUint8(command + SQE.flags, 0);
    view.setUint16(
      command + SQE.commandId,
      get32(request + field.tag),
      true,
    );
    setLe32(command + SQE.nsid, 1);
    setLe64(command + 8, 0, 0);
    setLe64(command + SQE.metadata, 0, 0);
    const sectorLo = get64Lo(request + field.sector);
    const sectorHi = get64Hi(request + field.sector);
    if (blockShift === 0) setLe64(command + SQE.slba, sectorLo, sectorHi);
    else {
      setLe64(
        command + SQE.slba,
        (sectorLo >>> blockShift) | (sectorHi << (32 - blockShift)),
        sectorHi >>> blockShift,
      );
    }
    view.setUint16(
      command + SQE.length,
      (get32(request + field.dataLen) >>> (9 + blockShift)) - 1,
      true,
    );
    const isFua = (get32(request + field.opf) & REQ_FLAG.fua) !== 0;
    view.setUint16(command + SQE.control, isFua ? NVME_RW_FUA : 0, true);
    setLe32(command + SQE.dsmgmt, 0);
    setLe64(command + 56, 0, 0);
  };
  const finish = (request: number): number => {
    const command = request + commandAt;
    setLe64(command + SQE.prp1, pointer.firstLo, pointer.firstHi);
    setLe64(command + SQE.prp2, pointer.secondLo, pointer.secondHi);
    if (pointer.flags !== 0) view.setUint8(command + SQE.flags, pointer.flags);
    return command;
  };
  return { prepare, finish };
}

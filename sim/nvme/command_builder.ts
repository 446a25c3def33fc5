/**
 * The command of a request: built in the nvme_iod, then copied to the ring
 * (drivers/nvme/host/core.c nvme_setup_rw, pci.c nvme_prep_rq).
 */
import type { RequestContext } from "../block/block_context.ts";
import { REQ_FLAG, REQ_OP, REQ_OP_MASK } from "../kernel/operation.ts";
import { NVME_CMD, NVME_RW_FUA, SQE } from "./command.ts";
import { createTouch } from "../kernel/touch.ts";
import type { DataPointer } from "./data_pointer.ts";
import type { IodFields } from "./iod.ts";

// Constants of its own: bench/HOT_PATH.md.
const COMMAND_ID_AT = SQE.commandId;
const CONTROL_AT = SQE.control;
const DSMGMT_AT = SQE.dsmgmt;
const FLAGS_AT = SQE.flags;
const LENGTH_AT = SQE.length;
const METADATA_AT = SQE.metadata;
const NSID_AT = SQE.nsid;
const OPCODE_AT = SQE.opcode;
const PRP1_AT = SQE.prp1;
const PRP2_AT = SQE.prp2;
const SLBA_AT = SQE.slba;
const { write: CMD_WRITE, read: CMD_READ } = NVME_CMD;
const CONTROL_FUA = NVME_RW_FUA;
const OPERATION = REQ_OP_MASK;
const WRITE = REQ_OP.write;
const FUA = REQ_FLAG.fua;

export interface CommandBuilder {
  /** Resets the iod and writes all of the command but its data pointer. */
  readonly prepare: (request: number) => void;
  /** Writes the data pointer; returns where the whole command is. */
  readonly finish: (request: number) => number;
}

export interface CommandBuilderOptions
  extends Pick<RequestContext, "memory" | "requests" | "structs"> {
  /** Where the fields of struct nvme_iod are. */
  readonly iod: IodFields;
  /** What the mapping stage left for the command. */
  readonly pointer: DataPointer;
  readonly blockBytes: number;
}

export function createCommandBuilder(
  options: CommandBuilderOptions,
): CommandBuilder {
  const { memory, iod, requests, pointer } = options;
  // nvme_sect_to_lba(): sectors have 512 bytes, blocks may be larger.
  const blockShift = Math.log2(options.blockBytes) - 9;
  const { set8, set16, get32, set32, get64Lo, get64Hi } = memory;
  const { setLe32, setLe64 } = memory;
  const { view, clear64 } = memory;
  const { field, iodOffset } = requests;
  const commandAt = iodOffset + iod.command;
  const flagsAt = iodOffset + iod.flags;
  const countAt = iodOffset + iod.descriptorCount;
  const totalAt = iodOffset + iod.totalBytes;
  const clearTotal = iod.totalIsLong
    ? memory.clearLong
    : (at: number) => set32(at, 0);
  const { isUnwatched, copy64 } = memory;
  const clearsFlags = isUnwatched && iod.descriptorCount === iod.flags + 1;
  const copiesSector = blockShift === 0 && memory.abi.littleEndian;
  const touch = createTouch(
    memory,
    options.structs.nvmeIod,
    "iodPrepare",
    iodOffset,
  );
  const setSector = (command: number, request: number): void => {
    const sectorLo = get64Lo(request + field.sector);
    const sectorHi = get64Hi(request + field.sector);
    if (blockShift === 0) setLe64(command + SLBA_AT, sectorLo, sectorHi);
    else {
      setLe64(
        command + SLBA_AT,
        (sectorLo >>> blockShift) | (sectorHi << (32 - blockShift)),
        sectorHi >>> blockShift,
      );
    }
  };
  const prepare = (request: number): void => {
    touch(request);
    const opf = get32(request + field.opf);
    if (clearsFlags) set16(request + flagsAt, 0);
    else {
      set8(request + flagsAt, 0);
      set8(request + countAt, 0);
    }
    clearTotal(request + totalAt);
    const command = request + commandAt;
    const isWrite = (opf & OPERATION) === WRITE;
    view.setUint8(
      command + OPCODE_AT,
      isWrite ? CMD_WRITE : CMD_READ,
    );
    view.setUint8(command + FLAGS_AT, 0);
    view.setUint16(
      command + COMMAND_ID_AT,
      get32(request + field.tag),
      true,
    );
    setLe32(command + NSID_AT, 1);
    clear64(command + 8);
    clear64(command + METADATA_AT);
    if (copiesSector) copy64(command + SLBA_AT, request + field.sector);
    else setSector(command, request);
    view.setUint16(
      command + LENGTH_AT,
      (get32(request + field.dataLen) >>> (9 + blockShift)) - 1,
      true,
    );
    const isFua = (opf & FUA) !== 0;
    view.setUint16(command + CONTROL_AT, isFua ? CONTROL_FUA : 0, true);
    setLe32(command + DSMGMT_AT, 0);
    clear64(command + 56);
  };
  const finish = (request: number): number => {
    const command = request + commandAt;
    setLe64(command + PRP1_AT, pointer.firstLo, pointer.firstHi);
    setLe64(command + PRP2_AT, pointer.secondLo, pointer.secondHi);
    if (pointer.flags !== 0) {
      view.setUint8(command + FLAGS_AT, pointer.flags);
    }
    return command;
  };
  return { prepare, finish };
}

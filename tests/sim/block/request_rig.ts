/** Requests that nothing was made of, for tests of what keeps requests. */
import { type Abi, findAbi } from "../../../layouts/abi.ts";
import { createCodec } from "../../../layouts/codec.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { BioPool } from "../../../sim/block/bio.ts";
import { createRequestTable } from "../../../sim/block/request.ts";
import { kernelStructs } from "../../../sim/kernel/path_structs.ts";
import { pathProfile } from "../../../sim/kernel/profile.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";

const REQUESTS = 256;

/** Makes a table of requests and what gives one after the other. */
export function requestRig(abi: Abi = findAbi("lp64")) {
  const memory = new KernelMemory({ abi, sizeBytes: 1 << 20 });
  const structs = kernelStructs("7.2", abi);
  const codec = createCodec(findLayout("page_offset"), abi, memory.view);
  const requests = createRequestTable({
    memory,
    structs,
    bios: new BioPool(memory, codec, structs, { count: 1 }),
    driverBytes: 0,
    depth: REQUESTS,
    profile: pathProfile("7.2"),
  });
  const { field } = requests;
  let used = 0;
  /** The next request, a read of some sectors. */
  const request = (
    { sector = 0n, sectors = 8 }: { sector?: bigint; sectors?: number },
  ): number => {
    const found = requests.byTag(used++ % REQUESTS);
    memory.set64(
      found + field.sector,
      Number(BigInt.asIntN(32, sector)),
      Number(sector >> 32n),
    );
    memory.set32(found + field.dataLen, sectors * 512);
    return found;
  };
  return { memory, requests, request };
}

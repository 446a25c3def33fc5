import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { PLAIN_MACHINE } from "../../sim/setup/machine_setup.ts";
import { checkSetup } from "../../bench/setup/setup_rules.ts";
import { completeOptions } from "../../bench/run/options.ts";
import { ERRNO } from "../../sim/kernel/operation.ts";
import { kernelProfiles } from "../../sim/kernel/profile.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import { WORKLOAD_PRESETS } from "../../sim/workload/synthetic.ts";
import { BARS, commandLab } from "../sim/nvme/command_lab.ts";
import { inFolder, lab } from "./lab_in_process.ts";

/** Presets with P2P memory; all others have none. */
const P2P_WORKLOADS = ["1m-p2p", "64k-mixed", "mixed-bs"];
const P2P_PLACEMENTS = ["p2p", "p2p-whole", "mixed", "some-p2p"];

function refused(use: Parameters<typeof checkSetup>[0]): boolean {
  try {
    checkSetup(use);
    return false;
  } catch (error) {
    assertStringIncludes(
      String(error),
      "user space can neither map (p2pmem_alloc_mmap) nor pin " +
        "(FOLL_PCI_P2PDMA) before 6.2, expected host memory, kernel 6.12 or " +
        "7.2, or --submitter kernel",
    );
    return true;
  }
}

Deno.test("checkSetup() refuses P2P user memory on 6.1 alone", () => {
  for (const kernel of kernelProfiles) {
    const isOld = kernel === "6.1";
    for (const name of WORKLOAD_PRESETS.keys()) {
      const wanted = isOld && P2P_WORKLOADS.includes(name);
      assertEquals(refused({ kernel, workloads: [name] }), wanted, name);
    }
    for (const placement of Object.keys(PLACEMENT_PRESETS)) {
      const wanted = isOld && P2P_PLACEMENTS.includes(placement);
      const use = { kernel, workloads: ["some.iolog"], placement };
      assertEquals(refused(use), wanted, placement);
      // Asked for, it stands in place of the preset's own.
      const own = { kernel, workloads: ["1m-p2p"], placement };
      assertEquals(refused(own), wanted, placement);
    }
  }
});

Deno.test("completeOptions() refuses what the kernel cannot do", () => {
  assertThrows(
    () => completeOptions({ kernel: "6.1", placement: { p2pIoShare: 0.01 } }),
    RangeError,
    "Cannot use --kernel 6.1 with --workload 4k-hot: found buffers on P2P",
  );
  assertThrows(
    () => completeOptions({ kernel: "6.1", workloads: ["4k-hot", "1m-p2p"] }),
    RangeError,
    "--kernel 6.1 with --workload 1m-p2p",
  );
});

Deno.test("lab run, explain and heat end with 2 for P2P memory on 6.1", async () => {
  await inFolder(async (folder) => {
    const iolog = `${folder}/out.iolog`;
    for (
      const words of [
        ["run", "--workload", "64k-mixed", "--rounds", "0", "--iolog", iolog],
        ["explain", "--workload", "1m-p2p"],
        ["heat", "--workload", "seq128k", "--placement", "mixed"],
      ]
    ) {
      const { status, out, err } = await lab([...words, "--kernel", "6.1"]);
      assertEquals([status, out], [2, ""], words.join(" "));
      assertStringIncludes(err, "Cannot use --kernel 6.1 with --");
    }
    // Refused before anything was written.
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});

Deno.test("a path of 6.1 does not pin P2P memory", () => {
  const errnoOf = (kernel: string) => {
    const lab = commandLab({ kernel });
    lab.submit([{ pieces: [{ phys: BARS[0], bytes: 4096, provider: 1 }] }]);
    return lab.assembly.path.counts.lastErrno;
  };
  assertEquals(["6.1", "6.12", "7.2"].map(errnoOf), [ERRNO.remoteio, 0, 0]);
});

Deno.test("lab refuses SGLs for metadata on 6.1, by name", async () => {
  const words = ["--integrity", "t10", "--sgl", "--metadata-sgl", "--quiet"];
  for (const command of ["run", "explain", "heat"]) {
    const { status, out, err } = await lab([
      ...[command, ...words, "--kernel", "6.1"],
    ]);
    assertEquals([status, out], [2, ""], command);
    assertStringIncludes(
      err,
      "Cannot use --metadata-sgl with --kernel 6.1: found a driver that names " +
        "metadata by one address (no NVME_MAX_META_SEGS), expected kernel " +
        "6.12",
    );
  }
  for (const kernel of ["6.12", "7.2"]) {
    checkSetup({
      kernel,
      machine: {
        ...PLAIN_MACHINE,
        sgl: true,
        integrity: "t10",
        metadataSgl: true,
      },
    });
  }
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Contender,
  type ContenderOptions,
} from "../../../bench/contender/contender.ts";
import {
  keepSpareWorker,
  keepSpareWorkers,
  takeSpareWorker,
} from "../../../bench/contender/spare_workers.ts";
import { readsOf, setupOf } from "../contender_rig.ts";

/** Counts the workers that are made until it is disposed of. */
class MadeWorkers extends Array<string> {
  readonly #real = globalThis.Worker;

  constructor() {
    super();
    const told = (name: string) => this.push(name);
    globalThis.Worker = class extends this.#real {
      constructor(url: string | URL, options?: WorkerOptions) {
        told(options?.name ?? "");
        super(url, options);
      }
    };
  }

  [Symbol.dispose]() {
    globalThis.Worker = this.#real;
  }
}

/** Audits ten reads, and gives what was built. */
async function audited(options: ContenderOptions, layout: string) {
  const contender = await Contender.start(setupOf({ layout }), options);
  try {
    const { digest, counts } = await contender.ask({
      ...{ kind: "audit", window: readsOf(10), firstIo: 0 },
      ...{ restart: true, verifyIos: 10 },
    });
    return { digest, counts, bytes: contender.bytesPerSegment };
  } finally {
    contender.stop();
    contender.stop(); // and it is kept once
  }
}

Deno.test("a worker that has audited is the next run's, and gives what a new one gives", async () => {
  const before = keepSpareWorkers(0);
  const fresh = [
    await audited({}, "page_offset"),
    await audited({}, "phys_packed"),
  ];
  assertEquals(fresh.map(({ bytes }) => bytes), [16, 12]);
  using made = new MadeWorkers();
  keepSpareWorkers(1);
  try {
    const role = "audit";
    assertEquals(
      [
        await audited({ role, isSpare: true }, "page_offset"),
        await audited({ role, isSpare: true }, "phys_packed"),
      ],
      fresh,
    );
    assertEquals([...made], ["audit/page_offset/page"]);

    // What is timed has its own.
    await audited({ role: "build 0" }, "page_offset");
    assertEquals(made.length, 2);

    // One that failed is nobody's any more.
    await assertRejects(() =>
      Contender.start(
        setupOf({ layout: "page_offset", recognition: "segment" }),
        {
          ...{ role, isSpare: true },
        },
      )
    );
    assertEquals(made.length, 2);
    await audited({ role, isSpare: true }, "page_offset");
    assertEquals(made.length, 3);

    // Two at once, of which one is kept.
    const both = await Promise.all(
      [1, 2].map(() => Contender.start(setupOf(), { role, isSpare: true })),
    );
    assertEquals(made.length, 4);
    for (const one of both) one.stop();
    await audited({ role, isSpare: true }, "page_offset");
    assertEquals(made.length, 4);
  } finally {
    keepSpareWorkers(before);
  }
});

Deno.test("a spare worker is given for its own module, and the one that waited longest ends", () => {
  const ended: string[] = [];
  const workerOf = (name: string) => {
    const handle = () => {};
    return {
      ...{ onmessage: handle, onmessageerror: handle, onerror: handle },
      terminate: () => ended.push(name),
    } as unknown as Worker;
  };
  const [a, b] = ["a", "b"].map((name) => new URL(`data:text/plain,${name}`));
  assert(a !== undefined && b !== undefined);
  const [first, second, third] = ["first", "second", "third"].map(workerOf);
  assert(first !== undefined && second !== undefined && third !== undefined);
  const before = keepSpareWorkers(0);
  try {
    // Its owner ends it.
    assertEquals([keepSpareWorker(a, first), ended], [false, []]);
    keepSpareWorkers(2);
    assertEquals(keepSpareWorker(a, first), true);
    assertEquals(keepSpareWorker(b, second), true);
    assertEquals(ended, []);
    assertEquals(keepSpareWorker(a, third), true);
    assertEquals(ended, ["first"]);
    // Nobody hears what it says while it waits.
    const { onmessage, onmessageerror, onerror } = third;
    assertEquals([onmessage, onmessageerror, onerror], [null, null, null]);
    assertEquals(takeSpareWorker(b) === second, true);
    assertEquals(takeSpareWorker(b), undefined);
    keepSpareWorker(b, second);
    keepSpareWorkers(1);
    assertEquals(ended, ["first", "third"]);
    assertEquals(takeSpareWorker(a), undefined);
    assertEquals(takeSpareWorker(b) === second, true);
  } finally {
    keepSpareWorkers(0);
    keepSpareWorkers(before);
  }
});

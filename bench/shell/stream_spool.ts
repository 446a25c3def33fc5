/**
 * A stream, kept for a run: each cell reads its workload again, and a pipe can
 * be read once. It goes to a temporary file whose name is already removed, so
 * that nothing remains however the run ends.
 */
import { systemReason } from "../files/system_reason.ts";

/**
 * Most that is kept, 8 GiB: some 100 million lines of blkparse. The folder for
 * temporary files may be in memory.
 */
const LONGEST_SPOOL_BYTES: number = 8 * 2 ** 30;

const READ_BYTES = 1 << 18;

/** What was read of a stream, to be read as often as is wanted. */
export class StreamSpool {
  readonly sizeBytes: number;
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Reads a stream to its end.
   *
   * @param options What ends the reading early, and the most bytes.
   * @throws {RangeError} If it holds more.
   * @throws {Error} If there is no room for it, or it ended early.
   */
  static async fill(
    name: string,
    stream: ReadableStream<Uint8Array>,
    { signal, mostBytes = LONGEST_SPOOL_BYTES }: {
      signal: AbortSignal;
      mostBytes?: number;
    },
  ): Promise<StreamSpool> {
    const file = await openUnnamed();
    let sizeBytes = 0;
    const reader = stream.getReader();
    const stop = () => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        const { done, value } = await reader.read();
        signal.throwIfAborted();
        if (done) return new StreamSpool(file, sizeBytes);
        sizeBytes += value.length;
        if (sizeBytes > mostBytes) {
          stop();
          throw new RangeError(
            `Cannot read ${name}: found more than ${mostBytes} bytes, ` +
              "expected fewer, because each cell reads them from a " +
              "temporary file; save them to a file and name it",
          );
        }
        await writeAll(file, value);
      }
    } catch (error) {
      file.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Opens it from its beginning.
   *
   * @returns Its bytes; several readers do not disturb each other.
   */
  open(): ReadableStream<Uint8Array> {
    const file = this.#file;
    let at = 0;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const buffer = new Uint8Array(READ_BYTES);
        // At once, so that no other reader moves the file in between.
        file.seekSync(at, Deno.SeekMode.Start);
        const got = file.readSync(buffer);
        if (got === null) controller.close();
        else {
          at += got;
          controller.enqueue(buffer.subarray(0, got));
        }
      },
    }, { highWaterMark: 0 });
  }

  /** Gives the room back. */
  close(): void {
    this.#file.close();
  }
}

/** Opens a file that only this process knows. */
async function openUnnamed(): Promise<Deno.FsFile> {
  let path: string | undefined;
  try {
    path = await Deno.makeTempFile({ prefix: "bvec-lab-" });
    return await Deno.open(path, { read: true, write: true });
  } catch (error) {
    throw new Error(
      `Cannot keep a stream in a temporary file: ${systemReason(error)}`,
      { cause: error },
    );
  } finally {
    if (path !== undefined) await Deno.remove(path);
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  try {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
  } catch (error) {
    throw new Error(
      `Cannot keep a stream in a temporary file: ${systemReason(error)}`,
      { cause: error },
    );
  }
}

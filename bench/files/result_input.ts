/** A file that a run has read. */
export interface ResultInput {
  /** Its path, as it was given or found beside another one. */
  readonly name: string;
  /** Its length; `null` for a pipe. */
  readonly sizeBytes: number | null;
  /**
   * SHA-256 of its content, in hexadecimal; `null` for a pipe, and for a file
   * that changed while it was read.
   */
  readonly sha256: string | null;
}

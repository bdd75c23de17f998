/**
 * What one run may use (reference/action-api.md §2.6, the Naga column). An operator may change each; a run is told the
 * number and the limit when it reaches one.
 */
export interface ActionLimits {
  /** From the first line to the last answer, children included. Milliseconds. */
  readonly runTimeMsMax: number;
  /** JavaScript heap. Mebibytes. */
  readonly heapMiBMax: number;
  /** The author's text. Bytes. */
  readonly codeBytesMax: number;
  /** What `setResponse` is given. Bytes. */
  readonly responseBytesMax: number;
  /** What `console` is given, together. Bytes. */
  readonly logBytesMax: number;
  /** Calls of `fetch`. */
  readonly fetchesMax: number;
  /** Calls of `callContract`, `getLatestNonce` and permission reads. */
  readonly contractCallsMax: number;
  /** Signatures, combined ones and those of children included. */
  readonly signaturesMax: number;
  /** Decryptions. */
  readonly decryptionsMax: number;
  /** Rounds of `broadcastAndCollect` and of `runOnce`. */
  readonly broadcastsMax: number;
  /** A program, its child, its child's child … */
  readonly callDepthMax: number;
}

export const DEFAULT_ACTION_LIMITS: ActionLimits = {
  runTimeMsMax: 30_000,
  heapMiBMax: 256,
  codeBytesMax: 16 * 1024 * 1024,
  responseBytesMax: 1024 * 1024,
  logBytesMax: 100 * 1024,
  fetchesMax: 75,
  contractCallsMax: 50,
  signaturesMax: 30,
  decryptionsMax: 30,
  broadcastsMax: 30,
  callDepthMax: 5,
};

/**
 * What one run may use (reference/action-api.md §2.6, the Naga column). An operator may change each; a run that reaches
 * one is told its name and its value.
 */
export interface ActionLimits {
  /** From the first line to the last answer, children included. Milliseconds. */
  readonly runTimeMsMax: number;
  /** JavaScript heap. Mebibytes. */
  readonly heapMiBMax: number;
  /** The author's text. Bytes. */
  readonly codeBytesMax: number;
  /** `jsParams` as JSON. Bytes. */
  readonly paramsBytesMax: number;
  /** What `setResponse` is given. Bytes. */
  readonly responseBytesMax: number;
  /** What `console` is given, together. Bytes. */
  readonly logBytesMax: number;
  /** Calls of `fetch`. */
  readonly fetchesMax: number;
  /** The body of one answer of `fetch`. Bytes. */
  readonly fetchBytesMax: number;
  /** Until the body of an answer of `fetch` is complete. Milliseconds. */
  readonly fetchTimeMsMax: number;
  /** Calls that read a chain: `callContract`, `getLatestNonce`, permission reads and conditions. */
  readonly contractCallsMax: number;
  /** Signatures, those of children included. */
  readonly signaturesMax: number;
  /** Decryptions. */
  readonly decryptionsMax: number;
  /** Rounds of `broadcastAndCollect` and `runOnce`. */
  readonly broadcastsMax: number;
  /** A value that a round shares. Bytes. */
  readonly broadcastBytesMax: number;
  /** A program, its child, its child's child and so on. */
  readonly callDepthMax: number;
  /** Programs that a run calls in all: each is a process. */
  readonly childrenMax: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_ACTION_LIMITS: ActionLimits = {
  runTimeMsMax: 30_000,
  heapMiBMax: 256,
  codeBytesMax: 16 * MIB,
  paramsBytesMax: 64 * KIB,
  responseBytesMax: MIB,
  logBytesMax: 100 * KIB,
  fetchesMax: 75,
  fetchBytesMax: 4 * MIB,
  fetchTimeMsMax: 10_000,
  contractCallsMax: 50,
  signaturesMax: 30,
  decryptionsMax: 30,
  broadcastsMax: 30,
  broadcastBytesMax: 64 * KIB,
  callDepthMax: 5,
  childrenMax: 10,
};

/** One frame from a sandbox; who sends a longer one is killed before it is read. Bytes. */
export const GUEST_FRAME_BYTES_MAX = 8 * MIB;
/** Everything that one sandbox may say. Reading it is work for the node. Bytes. */
export const GUEST_BYTES_MAX = 64 * MIB;
/** Calls of a run that wait for their answer at one time. */
export const GUEST_CALLS_PENDING_MAX = 256;
/** Calls of one program that are answered in each window; more wait for the next one. Answering is work for the node. */
export const GUEST_CALLS_PER_WINDOW_MAX = 100;
export const GUEST_CALLS_WINDOW_MS = 100;
/** Calls of any kind in one run: a flood of free ones must end too. */
export const GUEST_CALLS_MAX = 20_000;
/** What is kept of a sandbox's standard error, to tell how it ended. Bytes. */
export const GUEST_STDERR_BYTES_MAX = 4 * KIB;
/** A sandbox that is not ready after so long is given up. Milliseconds. */
export const SANDBOX_START_TIMEOUT_MS = 10_000;
/** A new sandbox is started so long after one was taken: at once it would take the processor from the one in use. Milliseconds. */
export const SANDBOX_REFILL_DELAY_MS = 40;
/** Sandboxes that start at one time; a start is nothing but work for the processor. */
export const SANDBOXES_STARTING_MAX = 2;
/**
 * Programs that run at one time unless the operator says otherwise; more wait. Well above what a machine is busy with: a run holds its place while it waits
 * for the other nodes, and nodes that gave their last places to different runs would wait for each other.
 */
export const RUNNING_DEFAULT_MAX = 128;
/** Runs that wait for a sandbox; more are refused. */
export const RUNS_WAITING_MAX = 256;
/** A program whose sandbox is lost before it did anything runs in another one, so often at most (action-api.md §2.6). */
export const LOST_SANDBOX_RETRIES_MAX = 3;
/** Everything that a sandbox may map as data. Array buffers are not part of the heap. V8 does not start with less than 768 MiB. */
export const SANDBOX_DATA_BYTES_MAX = 1024 * MIB;
/**
 * What a sandbox may have in memory besides its heap, where the kernel counts it (cgroups): the runtime, array buffers,
 * WebAssembly memory. Mebibytes.
 */
const SANDBOX_BESIDE_HEAP_MIB_MAX = 128;
/** All that a sandbox may have in memory, where the kernel counts it. Mebibytes. */
export const sandboxMemoryMiBMax = ({ heapMiBMax }: Pick<ActionLimits, 'heapMiBMax'>): number =>
  heapMiBMax + SANDBOX_BESIDE_HEAP_MIB_MAX;
/** Threads and processes of a sandbox, where the kernel counts them. */
export const SANDBOX_TASKS_MAX = 128;
/** A sandbox that ended is out of its group of the kernel after so many tries. */
export const CGROUP_REMOVAL_TRIES_MAX = 250;
/** Milliseconds between two of them. */
export const CGROUP_REMOVAL_RETRY_MS = 20;
/** Files that a sandbox may have open. */
export const SANDBOX_FILES_MAX = 128;
/** A run that is written down, as JSON; of a longer one nothing is given. Characters. */
export const RECORDING_CHARS_MAX = 8 * MIB;
/** How long a sandbox waits for a debugger. Milliseconds. */
export const DEBUGGER_TIMEOUT_MS = 60 * 60 * 1_000;
/** A program that is repeated and says nothing for so long is given up. Milliseconds. */
export const REPLAY_SILENCE_MS_MAX = 10_000;
/** Redirects that one `fetch` follows. */
export const FETCH_REDIRECTS_MAX = 10;
/** Headers of an answer of `fetch`, together. Bytes. */
export const FETCH_HEADER_BYTES_MAX = 64 * KIB;
/** The code of an error that a program threw on. Characters. */
export const THROWN_CODE_CHARS_MAX = 64;
/** What a script error says of itself: message and stack. Characters. */
export const SCRIPT_ERROR_CHARS_MAX = 4_096;

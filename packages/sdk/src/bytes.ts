/** Whether a value is a `Uint8Array`, also one of another frame or worker, whose class is not ours. */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}

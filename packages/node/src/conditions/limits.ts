/** The answer of an endpoint with one fact: a call's return data, in hex. Bytes. */
export const FACT_ANSWER_BYTES_MAX = 128 * 1024;
/** The answer of an endpoint with a block and the hashes of its transactions. Bytes. */
export const BLOCK_ANSWER_BYTES_MAX = 2 * 1024 * 1024;
/** An endpoint that did not answer is asked after the others for so long. Milliseconds. */
export const ENDPOINT_REST_MS = 10_000;

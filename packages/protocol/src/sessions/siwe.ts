import { formatRfc3339, parseRfc3339 } from '../rfc3339.ts';

/** The fields of a "Sign-In with Ethereum" text (EIP-4361). Times are milliseconds since 1970-01-01 UTC. */
export interface SiweFields {
  readonly domain: string;
  readonly address: string;
  /** Empty if there is none. */
  readonly statement: string;
  readonly uri: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime?: number;
  readonly notBefore?: number;
  readonly requestId?: string;
  readonly resources: readonly string[];
}

const DOMAIN_LINE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^\s/?#]+) wants you to sign in with your Ethereum account:$/;

/** The text. Statement, URI and resources must not contain line breaks; the caller has checked that. */
export function formatSiwe(fields: SiweFields): string {
  const time = (label: string, at: number | undefined) => (at === undefined ? [] : [`${label}: ${formatRfc3339(at)}`]);
  return [
    `${fields.domain} wants you to sign in with your Ethereum account:`,
    fields.address,
    '',
    fields.statement,
    '',
    `URI: ${fields.uri}`,
    'Version: 1',
    `Chain ID: ${fields.chainId}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${formatRfc3339(fields.issuedAt)}`,
    ...time('Expiration Time', fields.expirationTime),
    ...time('Not Before', fields.notBefore),
    ...(fields.requestId === undefined ? [] : [`Request ID: ${fields.requestId}`]),
    ...(fields.resources.length === 0 ? [] : ['Resources:', ...fields.resources.map((item) => `- ${item}`)]),
  ].join('\n');
}

/**
 * Reads the text line by line, in the grammar's order, and accepts nothing else: a reader that searches for labels
 * could be shown one `URI:` in the statement and another below.
 * @returns what is wrong, as the end of a sentence, if it is not such a text.
 */
export function parseSiwe(text: string): SiweFields | { readonly problem: string } {
  const lines = new Lines(text);
  try {
    const domain = lines.match(DOMAIN_LINE, 'the domain line');
    const address = lines.match(/^(0x[0-9a-fA-F]{40})$/, 'the address');
    lines.match(/^()$/, 'an empty line after the address');
    const statement = lines.optional(/^(.+)$/) ?? '';
    lines.match(/^()$/, 'an empty line after the statement');
    const uri = lines.match(/^URI: (\S+)$/, 'the URI');
    lines.match(/^Version: (1)$/, 'version 1');
    const chainId = Number(lines.match(/^Chain ID: (\d{1,15})$/, 'the chain id'));
    const nonce = lines.match(/^Nonce: ([A-Za-z0-9]{8,128})$/, 'the nonce');
    const issuedAt = lines.time('Issued At');
    if (issuedAt === undefined) return { problem: 'the issue time is missing' };
    const expirationTime = lines.time('Expiration Time');
    const notBefore = lines.time('Not Before');
    const requestId = lines.optional(/^Request ID: (.*)$/);
    const resources = lines.optional(/^(Resources:)$/) === undefined ? [] : lines.rest(/^- (\S+)$/, 'a resource');
    lines.end();
    return {
      ...{ domain, address, statement, uri, chainId, nonce, issuedAt, resources },
      ...(expirationTime === undefined ? {} : { expirationTime }),
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  } catch (thrown) {
    if (thrown instanceof Mismatch) return { problem: thrown.problem };
    throw thrown;
  }
}

/** Leaves the parse from any depth; never leaves this file. */
class Mismatch {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

class Lines {
  readonly #lines: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  match(pattern: RegExp, what: string): string {
    const found = this.optional(pattern);
    if (found === undefined) throw new Mismatch(`${what} is missing or malformed in line ${this.#next + 1}`);
    return found;
  }

  optional(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#lines[this.#next] ?? '\n')?.[1];
    if (found !== undefined) this.#next++;
    return found;
  }

  time(label: string): number | undefined {
    const text = this.optional(new RegExp(`^${label}: (.*)$`));
    if (text === undefined) return undefined;
    const parsed = parseRfc3339(text);
    if (parsed === undefined) throw new Mismatch(`the ${label} is not an RFC 3339 date-time`);
    return parsed;
  }

  rest(pattern: RegExp, what: string): string[] {
    const found: string[] = [];
    while (this.#next < this.#lines.length) found.push(this.match(pattern, what));
    return found;
  }

  end(): void {
    if (this.#next !== this.#lines.length) throw new Mismatch(`line ${this.#next + 1} does not belong to the format`);
  }
}

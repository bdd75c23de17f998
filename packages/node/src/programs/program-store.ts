import { cidOf, isContentOf } from '@keymesh/protocol/cid';
import { NodeError } from '../errors.ts';

/** Where the texts of programs are kept; a directory, or memory in tests. */
export interface TextStore {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

export interface ProgramStoreModules {
  readonly texts: TextStore;
  /** Endpoints of IPFS gateways that answer `<endpoint>/ipfs/<cid>`. */
  readonly gateways: readonly string[];
  /** @returns the body of a successful answer. @throws anything else. */
  readonly fetchText: (url: string) => Promise<string>;
}

/** Finds programs by CID: those that were published here, then at gateways. What it returns has been verified. */
export class ProgramStore {
  readonly #modules: ProgramStoreModules;

  constructor(modules: ProgramStoreModules) {
    this.#modules = modules;
  }

  /** @throws NodeError `actions/unknown-program` */
  async find(cid: string): Promise<string> {
    const { texts, gateways, fetchText } = this.#modules;
    const kept = await texts.read(cid);
    // Read again each time: whoever may write there must not be able to change what a CID means.
    if (kept !== undefined && isContentOf(kept, cid)) return kept;
    for (const gateway of gateways) {
      const text = await fetchText(`${gateway.replace(/\/$/, '')}/ipfs/${cid}`).catch(() => undefined);
      if (text === undefined || !isContentOf(text, cid)) continue;
      await texts.write(cid, text);
      return text;
    }
    throw new NodeError(`The node has no program ${cid}.`, {
      code: 'actions/unknown-program',
      fault: 'caller',
      hint: 'Publish it (`keymesh action publish`), or send its code with the request.',
      details: { cid },
    });
  }

  /** @returns the CIDv0. */
  async publish(text: string): Promise<string> {
    const cid = cidOf(text);
    await this.#modules.texts.write(cid, text);
    return cid;
  }
}

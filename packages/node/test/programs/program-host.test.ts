import { type PartyIndex, toHex } from '@keymesh/foundation';
import { type FactRequest, factKey } from '@keymesh/protocol/conditions';
import { type AuthSig, type Capability, capability, createDelegationMessage } from '@keymesh/protocol/sessions';
import { nobleBls } from '@keymesh/threshold/bls';
import { keccak256, stringToBytes } from 'viem';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FactSource } from '../../src/conditions/fact-source.ts';
import { ProgramHost, type ProgramHostModules } from '../../src/programs/program-host.ts';
import { ProgramRounds } from '../../src/programs/program-rounds.ts';
import type { RunRounds } from '../../src/programs/run-rounds.ts';
import { Authorization } from '../../src/requests/authorization.ts';
import { createServing } from '../../src/requests/serving-epoch.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { curves, dealEpoch, EPOCH } from '../requests/dealt-epoch.ts';
import { codeOf } from '../requests/expectations.ts';
import { FakeKeys } from '../requests/fake-keys.ts';
import { NODE_URL, sessionOf, walletOf } from '../requests/wallet-session.ts';

const PARTIES = [1, 2, 4];
const PROGRAM = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o';
const OTHER = 'Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD';
const RUN = new Uint8Array(32).fill(3);
const wallet = walletOf(1);
const dealt = dealEpoch(4, 3);
const execution = capability('lit-action-execution', '*');
const decryption = capability('access-control-condition-decryption', '*');
const secret = new TextEncoder().encode('the secret');

const base = { contractAddress: '', standardContractType: '', chain: 'localchain', method: '' };
const ofProgram = (cid: string) => ({
  ...base,
  parameters: [':currentActionIpfsId'],
  returnValueTest: { comparator: '=', value: cid },
});
const ofCaller = { ...base, parameters: [':userAddress'], returnValueTest: { comparator: '=', value: wallet.address } };
/** Everybody is rich, the zero address above all. */
const ofRich = {
  ...base,
  method: 'eth_getBalance',
  parameters: [':userAddress', 'latest'],
  returnValueTest: { comparator: '>=', value: '1' },
};

class RichFacts implements FactSource {
  async read(requests: readonly FactRequest[]) {
    return {
      answers: new Map(requests.map((request) => [factKey(request), { kind: 'balance', wei: 100n } as const])),
      blocks: {},
    };
  }
}

let clock: VirtualClock;
let rounds: Map<PartyIndex, RunRounds>;
beforeEach(() => {
  clock = new VirtualClock();
  const handlers = new Map<PartyIndex, (from: PartyIndex, bytes: Uint8Array) => void>();
  rounds = new Map(
    PARTIES.map((self) => {
      const node = new ProgramRounds(clock);
      node.join({
        ...{ self, peers: PARTIES.filter((party) => party !== self), onPeerBoot: () => {} },
        send: (to, bytes) => handlers.get(to)?.(self, bytes),
        onMessage: (handler) => handlers.set(self, handler),
      });
      return [self, node.open(RUN, self, PARTIES) as RunRounds] as const;
    }),
  );
});

/** The hosts of all nodes for one run of the wallet. */
async function hostsOf(capabilities: readonly Capability[]): Promise<ProgramHost[]> {
  const authSig = await sessionOf({ wallet, capabilities, now: clock.now() });
  return PARTIES.map((party) => {
    const authorization = new Authorization(() => NODE_URL, { clock, keys: new FakeKeys() });
    const modules = {
      authorization,
      ...{ facts: new RichFacts(), bls: nobleBls, random: seededRandom(party), clock },
      signClaim: async ({ derivedKeyId, claimer }: Parameters<ProgramHostModules['signClaim']>[0]) =>
        `${toHex(derivedKeyId)} for ${claimer}`,
      serving: createServing(
        () => dealt.sharesOf(party),
        curves,
        () => new TypeError() as never,
      ),
    } as unknown as ProgramHostModules;
    const caller = authorization.caller(authSig, execution);
    const run = { id: RUN, epoch: EPOCH, authSig, caller, rounds: rounds.get(party) as RunRounds };
    return new ProgramHost(run, modules);
  });
}

/** What each node gets, or the code of its error. */
async function decrypted(
  conditions: readonly object[],
  {
    capabilities = [execution],
    program = PROGRAM,
    only = false,
    authSig = null,
  }: { capabilities?: Capability[]; program?: string; only?: boolean; authSig?: AuthSig | null } = {},
): Promise<string[]> {
  const hosts = await hostsOf(capabilities);
  const sealed = (hosts[0] as ProgramHost).encrypt(conditions, secret);
  return Promise.all(
    hosts.map(async (host) => {
      const asked = { ...sealed, conditions, authSig, chain: 'localchain', programs: ['QmOuter', program] };
      const got: { text?: string } = {};
      const code = await codeOf(async () => {
        got.text = new TextDecoder().decode(await host.decrypt(asked, only));
      }).catch(() => undefined);
      return got.text ?? String(code);
    }),
  );
}

describe('a program decrypts', () => {
  it('what is for it alone, whoever runs it, and no other program does', async () => {
    expect(await decrypted([ofProgram(PROGRAM)])).toEqual(Array(3).fill('the secret'));
  });

  it('nothing that is for another program', async () => {
    expect(await decrypted([ofProgram(PROGRAM)], { program: OTHER })).toEqual(Array(3).fill('conditions/denied'));
  });

  it.each([
    ['is the caller’s', [ofCaller]],
    ['is for the rich', [ofRich]],
    ['is for the program and the caller', [ofProgram(PROGRAM), { operator: 'and' }, ofCaller]],
    ['is for another program or the rich', [ofProgram(OTHER), { operator: 'or' }, ofRich]],
  ])('what %s only if the session lets it', async (_name, conditions) => {
    expect(await decrypted(conditions)).toEqual(Array(3).fill('session/capability-missing'));
  });

  it.each([
    ['is the caller’s', [ofCaller]],
    ['is for the program and the caller', [ofProgram(PROGRAM), { operator: 'and' }, ofCaller]],
  ])('what %s for a session that may', async (_name, conditions) => {
    const capabilities = [execution, decryption];
    expect(await decrypted(conditions, { capabilities })).toEqual(Array(3).fill('the secret'));
  });

  it('for one node alone, which is the same one for all', async () => {
    const got = await decrypted([ofProgram(PROGRAM)], { only: true });
    expect(got.sort()).toEqual(['', '', 'the secret']);
  });
});

it('conditions are judged for the caller and the program that asks', async () => {
  const [host] = await hostsOf([execution]);
  const judged = (conditions: readonly object[], program: string) =>
    host?.checkConditions(conditions, { chain: 'localchain', programs: ['QmOuter', program], authSig: null });
  expect(await judged([ofCaller], OTHER)).toBe(true);
  expect(await judged([ofProgram(PROGRAM)], PROGRAM)).toBe(true);
  expect(await judged([ofProgram(PROGRAM)], OTHER)).toBe(false);
});

describe('another wallet’s proof', () => {
  const other = walletOf(9);
  const delegated = createDelegationMessage({
    ...{ wallet: other.address, sessionKey: 'ab'.repeat(32), capabilities: [decryption] },
    ...{ nonce: 'abcdef0123456789', issuedAt: 0, expiration: 1 },
  });
  const [recap = ''] = /urn:recap:\S+/.exec(delegated) ?? [];
  /** What wallets show of it. */
  const statement = delegated.split('\n')[3] ?? '';
  const ofOther = { ...ofCaller, returnValueTest: { comparator: '=', value: other.address } };
  const proof = async (fields: Partial<Parameters<typeof signInText>[0]> = {}): Promise<AuthSig> => {
    const signedMessage = signInText({ address: other.address, now: clock.now(), ...fields });
    const sig = await other.signMessage({ message: signedMessage });
    return { sig, derivedVia: 'web3.eth.personal.sign', signedMessage, address: other.address };
  };
  const judge = async (authSig: AuthSig | null): Promise<boolean | undefined> => {
    const [host] = await hostsOf([execution]);
    return host?.checkConditions([ofOther], { chain: 'localchain', programs: [PROGRAM], authSig });
  };

  it('is who conditions are judged for', async () => {
    expect(await judge(null)).toBe(false);
    expect(await judge(await proof())).toBe(true);
    expect(await judge(await proof({ statement: 'Sign in.' }))).toBe(true);
  });

  it('is refused when it is over, somebody else’s, or the delegation of a session', async () => {
    const good = await proof();
    expect(await codeOf(async () => judge(await proof({ ends: clock.now() })))).toBe('delegation/expired');
    expect(await codeOf(async () => judge(await proof({ now: clock.now() + 3_600_000 })))).toBe(
      'delegation/not-yet-valid',
    );
    expect(await codeOf(async () => judge(await proof({ address: wallet.address })))).toBe('delegation/bad-signature');
    expect(await codeOf(() => judge({ ...good, address: wallet.address }))).toBe('delegation/malformed');
    expect(await codeOf(() => judge({ ...good, signedMessage: `${good.signedMessage}\n` }))).toMatch(/^delegation\//);
    const delegation = await proof({ uri: `lit:session:${'ab'.repeat(32)}` });
    expect(await codeOf(() => judge(delegation))).toBe('delegation/wrong-session-key');
  });

  it('decrypts only what its text grants: a sign-in to a site is no consent', async () => {
    const denied = { authSig: await proof() };
    expect(await decrypted([ofOther], denied)).toEqual(Array(3).fill('permissions/denied'));
    const granted = { authSig: await proof({ statement, resources: [recap] }) };
    expect(await decrypted([ofOther], granted)).toEqual(Array(3).fill('the secret'));
    expect(await decrypted([ofCaller], granted)).toEqual(Array(3).fill('conditions/denied'));
  });

  it('grants nothing that its statement does not say: a wallet would not have shown it', async () => {
    const refused = Array(3).fill('permissions/denied');
    for (const hidden of [{}, { statement: 'Sign in.' }, { statement: `${statement} And more.` }]) {
      expect(await decrypted([ofOther], { authSig: await proof({ ...hidden, resources: [recap] }) })).toEqual(refused);
    }
    const twice = { authSig: await proof({ statement, resources: [recap, recap] }) };
    expect(await decrypted([ofOther], twice)).toEqual(refused);
  });
});

describe('a program begins', () => {
  it('when all nodes are there', async () => {
    const hosts = await hostsOf([execution]);
    await Promise.all(hosts.map((host) => host.begin()));
  });

  it('nowhere when one ended before, which all others are told at once', async () => {
    const [one, two, three] = (await hostsOf([execution])) as [ProgramHost, ProgramHost, ProgramHost];
    const waiting = [one, two].map((host) => codeOf(() => host.begin()));
    three.peers.close();
    expect(await Promise.all(waiting)).toEqual(['actions/not-begun', 'actions/not-begun']);
  });
});

it('a claim is the hash of the program’s own name for a key, and the node’s word is for the caller', async () => {
  const [host] = await hostsOf([execution]);
  const claim = await host?.claimKey('QmProgram', 'alice');
  const derivedKeyId = keccak256(stringToBytes('QmProgram_alice')).slice(2);
  expect(claim).toEqual({ derivedKeyId, signature: `${derivedKeyId} for ${wallet.address.toLowerCase()}` });
});

/** A sign-in as apps of the reference make it. */
function signInText(fields: {
  readonly address: string;
  readonly now: number;
  readonly statement?: string;
  readonly uri?: string;
  readonly ends?: number;
  readonly resources?: readonly string[];
}): string {
  const { address, now, statement, uri = 'http://localhost', ends = now + 60_000, resources = [] } = fields;
  return [
    'localhost wants you to sign in with your Ethereum account:',
    ...[address, '', ...(statement === undefined ? [] : [statement]), ''],
    ...[`URI: ${uri}`, 'Version: 1', 'Chain ID: 1', 'Nonce: abcdef0123456789'],
    `Issued At: ${new Date(now).toISOString()}`,
    `Expiration Time: ${new Date(ends).toISOString()}`,
    ...(resources.length === 0 ? [] : ['Resources:', ...resources.map((resource) => `- ${resource}`)]),
  ].join('\n');
}

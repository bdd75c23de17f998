/**
 * What a session may be allowed to do, by its name in session messages: the prefix of the resources it is about, and
 * its name in a ReCap (auth-and-sessions.md 4.4).
 */
export const ABILITIES = {
  'access-control-condition-decryption': {
    resourcePrefix: 'lit-accesscontrolcondition',
    recap: 'Threshold/Decryption',
  },
  'access-control-condition-signing': { resourcePrefix: 'lit-accesscontrolcondition', recap: 'Threshold/Signing' },
  'pkp-signing': { resourcePrefix: 'lit-pkp', recap: 'Threshold/Signing' },
  'lit-action-execution': { resourcePrefix: 'lit-litaction', recap: 'Threshold/Execution' },
  'lit-payment-delegation': { resourcePrefix: 'lit-paymentdelegation', recap: 'Auth/Auth' },
} as const satisfies Record<string, { readonly resourcePrefix: string; readonly recap: string }>;

export type Ability = keyof typeof ABILITIES;
export type ResourcePrefix = (typeof ABILITIES)[Ability]['resourcePrefix'];

/** Stands for every resource of the same prefix, and for nothing of another prefix. */
export const ANY_RESOURCE = '*';

/** A thing that a session or delegation allows, or that a request needs. */
export interface Capability {
  readonly resourcePrefix: ResourcePrefix;
  /** The part behind `prefix://`, compared exactly; `*` in a grant covers all. */
  readonly resource: string;
  readonly ability: Ability;
}

/** The capability for people. */
export function describeCapability(capability: Capability): string {
  return `${capability.ability} for ${capability.resourcePrefix}://${capability.resource}`;
}

/** A capability with the prefix that its ability always has. */
export function capability(ability: Ability, resource: string): Capability {
  return { resourcePrefix: ABILITIES[ability].resourcePrefix, resource, ability };
}

import { decodeUtf8, utf8 } from '@keymesh/foundation';
import { base64urlnopad } from '@scure/base';
import * as v from 'valibot';
import { SESSION_RESOURCES_MAX } from '../limits.ts';
import { ABILITIES, type Ability, ANY_RESOURCE, type Capability } from './abilities.ts';

export const RECAP_URN = 'urn:recap:';
/** Every ability of the resource, as the reference's older SDK grants it. */
const EVERY_ABILITY = '*/*';

const abilityName = v.pipe(v.string(), v.maxLength(128), v.regex(/^[^/\s]+\/[^/\s]+$/));
const restrictions = v.array(v.record(v.string(), v.unknown()));
const recapSchema = v.strictObject({
  att: v.record(v.pipe(v.string(), v.maxLength(512)), v.record(abilityName, restrictions)),
  /** A chain of further delegations. We follow none, so a ReCap that rests on one is refused. */
  prf: v.pipe(v.array(v.unknown()), v.maxLength(0)),
});

/** ERC-5573: resource → ability → alternatives; an empty alternative is unrestricted. */
export type Recap = v.InferOutput<typeof recapSchema>;

/** The ReCap that grants exactly these capabilities, without restriction; its keys are in order (RFC 8785). */
export function recapOf(capabilities: readonly Capability[]): Recap {
  const att: Record<string, Record<string, Record<string, unknown>[]>> = {};
  const granted = capabilities.map((item) => ({
    key: `${item.resourcePrefix}://${item.resource}`,
    ability: ABILITIES[item.ability].recap,
  }));
  granted.sort((a, b) => compare(a.key, b.key) || compare(a.ability, b.ability));
  for (const { key, ability } of granted) {
    const abilities = att[key] ?? {};
    abilities[ability] = [{}];
    att[key] = abilities;
  }
  return { att, prf: [] };
}

/** The SIWE resource that carries the ReCap. */
export function encodeRecap(recap: Recap): string {
  return `${RECAP_URN}${base64urlnopad.encode(utf8(JSON.stringify(recap)))}`;
}

/** @returns `undefined` if the resource is not a well-formed ReCap without proofs. */
export function decodeRecap(urn: string): Recap | undefined {
  if (!urn.startsWith(RECAP_URN)) return undefined;
  try {
    const text = decodeUtf8(base64urlnopad.decode(urn.slice(RECAP_URN.length)));
    const result = v.safeParse(recapSchema, text === undefined ? undefined : JSON.parse(text));
    if (!result.success || Object.keys(result.output.att).length > SESSION_RESOURCES_MAX) return undefined;
    return result.output;
  } catch {
    return undefined;
  }
}

/** The sentence that the wallet must have shown for the ReCap (ERC-5573, "Recap-transformed statement"). */
export function recapStatement(recap: Recap): string {
  const parts: string[] = [];
  for (const resource of Object.keys(recap.att).sort(compare)) {
    const names = new Map<string, string[]>();
    for (const ability of Object.keys(recap.att[resource] ?? {}).sort(compare)) {
      const [namespace, name] = ability.split('/') as [string, string];
      names.set(namespace, [...(names.get(namespace) ?? []), `'${name}'`]);
    }
    for (const [namespace, list] of names) {
      parts.push(`(${parts.length + 1}) '${namespace}': ${list.join(', ')} for '${resource}'.`);
    }
  }
  return `I further authorize the stated URI to perform the following actions on my behalf: ${parts.join(' ')}`;
}

/**
 * Whether the ReCap grants what is needed: for the exact resource, or for `*` of the same prefix; by the ability's
 * name, or by the `*` of both its parts. A grant with restrictions only is none: we would not know how to obey them.
 */
export function recapGrants(recap: Recap, needed: Capability): boolean {
  const prefix = `${needed.resourcePrefix}://`;
  const accepted = [ABILITIES[needed.ability].recap, EVERY_ABILITY];
  return Object.entries(recap.att).some(([key, abilities]) => {
    if (!key.startsWith(prefix)) return false;
    const resource = key.slice(prefix.length);
    if (resource !== needed.resource && resource !== ANY_RESOURCE) return false;
    return Object.entries(abilities).some(
      ([name, alternatives]) => accepted.includes(name) && alternatives.some((item) => Object.keys(item).length === 0),
    );
  });
}

/** Resources of an ability that the ReCap names one by one, as far as `recapGrants` would take them. */
export function namedResources(recap: Recap, ability: Ability): string[] {
  const { resourcePrefix } = ABILITIES[ability];
  return Object.keys(recap.att)
    .filter((key) => key.startsWith(`${resourcePrefix}://`))
    .map((key) => key.slice(resourcePrefix.length + '://'.length))
    .filter((resource) => resource !== ANY_RESOURCE)
    .filter((resource) => recapGrants(recap, { resourcePrefix, resource, ability }));
}

/** By UTF-16 units, as JavaScript's own sort and RFC 8785 do. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

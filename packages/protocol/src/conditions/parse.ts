import * as v from 'valibot';
import { CONDITIONS_DEPTH_MAX } from '../limits.ts';
import {
  type Condition,
  type ConditionItem,
  type ConditionList,
  looseEvmBasicSchema,
  looseEvmContractSchema,
  looseOperatorSchema,
} from './schema.ts';
import { checkStructure, malformed, unsupported } from './structure.ts';

/** The request field that conditions travel in, which says what kinds may be among them. */
export type ConditionField = 'accessControlConditions' | 'evmContractConditions' | 'unifiedAccessControlConditions';

/**
 * Reads what an application wrote. Unknown keys are dropped, as the reference's formatter does, so that they change
 * neither the hash nor the meaning; everything else must be right. In unified conditions the kind is told by shape;
 * a `conditionType`, which the reference's SDK demands there, must agree with it.
 * @throws ProtocolError `conditions/malformed`, `conditions/too-many`, `conditions/unsupported`
 */
export function parseConditions(field: ConditionField, value: unknown): ConditionList {
  if (!Array.isArray(value)) throw malformed('conditions', 'a list is expected');
  const list = parseList(field, value, 'conditions', 1);
  checkStructure(list);
  return list;
}

/** The conditions of a decryption request, which its schema has read already. @throws as `parseConditions` */
export function conditionsOfRequest(request: { readonly [Field in ConditionField]?: ConditionList }): ConditionList {
  const list =
    request.accessControlConditions ?? request.evmContractConditions ?? request.unifiedAccessControlConditions;
  if (list === undefined) throw malformed('conditions', 'there are none');
  checkStructure(list);
  return list;
}

function parseList(field: ConditionField, list: unknown[], path: string, depth: number): ConditionList {
  if (depth > CONDITIONS_DEPTH_MAX) throw malformed(path, `groups nest deeper than ${CONDITIONS_DEPTH_MAX} levels`);
  return list.map((item, i): ConditionItem => {
    const here = `${path}[${i}]`;
    if (Array.isArray(item)) return parseList(field, item, here, depth + 1);
    if (typeof item !== 'object' || item === null) throw malformed(here, 'an object or a group is expected');
    if ('operator' in item) return read(looseOperatorSchema, item, here);
    return parseCondition(field, item, here);
  });
}

function parseCondition(field: ConditionField, item: object, path: string): Condition {
  const type = 'conditionType' in item ? item.conditionType : undefined;
  if (type === 'solRpc' || type === 'cosmos') throw unsupported(type);
  const shape = 'functionAbi' in item ? 'evmContract' : 'evmBasic';
  if (field === 'accessControlConditions' && shape !== 'evmBasic') throw malformed(path, `it is an ${shape} condition`);
  if (field === 'evmContractConditions' && shape !== 'evmContract') throw malformed(path, 'it has no functionAbi');
  return shape === 'evmBasic' ? read(looseEvmBasicSchema, item, path) : read(looseEvmContractSchema, item, path);
}

function read<Output>(schema: v.GenericSchema<unknown, Output>, item: unknown, path: string): Output {
  const result = v.safeParse(schema, item, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const at = v.getDotPath(issue);
  const reason = issue.received === 'undefined' ? 'it is missing' : `expected ${issue.expected ?? issue.type}`;
  throw malformed(at === null ? path : `${path}.${at}`, reason);
}

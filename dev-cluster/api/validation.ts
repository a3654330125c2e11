import {isObject, objectsAt, valueAt} from '../json.ts';
import type {ApiObject} from '../store/object.ts';
import type {Violation} from './status.ts';
import {badRequest, invalid} from './status.ts';

const label = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const configKey = /^[-._a-zA-Z0-9]+$/;

const maximumData = 1024 * 1024;
const maximumAnnotations = 256 * 1024;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function bad(field: string, value: string, rule: string): Violation {
  const message = `Invalid value: ${JSON.stringify(value)}: ${rule}`;
  return {field, reason: 'FieldValueInvalid', message};
}

function tooLong(field: string, bytes: number): Violation {
  const message = `Too long: may not be more than ${bytes} bytes`;
  return {field, reason: 'FieldValueTooLong', message};
}

/** The violations of a label value, with the server's messages. */
export function labelValueProblems(value: string): readonly string[] {
  return [
    ...(value.length > 63 ? ['must be no more than 63 characters'] : []),
    ...(label.test(value) ? [] : [labelRule]),
  ];
}

function keyProblems(field: string, key: string): Violation[] {
  const [prefix, name] = key.includes('/')
    ? [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)]
    : [undefined, key];
  return [
    ...(prefix !== undefined && !subdomain.test(prefix)
      ? [bad(field, key, `prefix part ${subdomainRule}`)]
      : []),
    ...(name.length > 63 ? [bad(field, key, 'name part must be no more than 63 characters')] : []),
    ...(qualifiedName.test(name) ? [] : [bad(field, key, nameRule)]),
  ];
}

function metadataViolations({metadata}: ApiObject): Violation[] {
  const violations: Violation[] = [];
  if (metadata.name.length > 253) {
    violations.push(bad('metadata.name', metadata.name, 'must be no more than 253 characters'));
  }
  if (!subdomain.test(metadata.name)) {
    violations.push(bad('metadata.name', metadata.name, subdomainRule));
  }
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    violations.push(...keyProblems('metadata.labels', key));
    violations.push(...labelValueProblems(value).map(rule => bad('metadata.labels', value, rule)));
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    violations.push(
      ...keyProblems('metadata.annotations', key.toLowerCase()).map(problem => problem),
    );
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > maximumAnnotations)
    violations.push(tooLong('metadata.annotations', maximumAnnotations));
  return violations;
}

function dataViolations(object: ApiObject): Violation[] {
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return [];
  const violations: Violation[] = [];
  let bytes = 0;
  for (const part of ['data', 'binaryData']) {
    for (const [key, value] of Object.entries(isObject(object[part]) ? object[part] : {})) {
      if (!configKey.test(key)) violations.push(bad(`${part}[${key}]`, key, keyRule));
      const encoded = part === 'binaryData' || object.kind === 'Secret';
      bytes += Buffer.byteLength(String(value), encoded ? 'base64' : 'utf8');
    }
  }
  // A real server prints the field of a ConfigMap as "[]", but names a Secret's.
  const field = object.kind === 'Secret' ? 'data' : '[]';
  if (bytes > maximumData) violations.push(tooLong(field, maximumData));
  return violations;
}

function kindViolations(object: ApiObject): Violation[] {
  if (object.kind === 'Pod' && objectsAt(object, 'spec', 'containers').length === 0) {
    return [{field: 'spec.containers', reason: 'FieldValueRequired', message: 'Required value'}];
  }
  if (object.kind === 'Event') {
    const about = valueAt(object, 'involvedObject', 'namespace') ?? '';
    const here = object.metadata.namespace ?? '';
    if (typeof about === 'string' && about !== here && !(about === '' && here === 'default')) {
      return [bad('involvedObject.namespace', about, 'does not match event.namespace')];
    }
  }
  return [];
}

/** Raises 422 with every violation of the object. */
export function validate(object: ApiObject): void {
  const violations = [
    ...metadataViolations(object),
    ...dataViolations(object),
    ...kindViolations(object),
  ];
  if (violations.length > 0) throw invalid(object.kind, object.metadata.name, violations);
}

const typeNames = {boolean: 'bool', number: 'number', string: 'string', object: 'object'} as const;

/** Raises 400 unless the value is a map of strings. */
export function requireStrings(value: unknown, field: string): void {
  for (const entry of Object.values(isObject(value) ? value : {})) {
    if (typeof entry === 'string') continue;
    const type = Array.isArray(entry)
      ? 'array'
      : (Object.entries(typeNames).find(([name]) => name === typeof entry)?.[1] ?? 'object');
    throw badRequest(`json: cannot unmarshal ${type} into Go struct field ${field} of type string`);
  }
}

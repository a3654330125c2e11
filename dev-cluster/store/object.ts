import type {JsonObject} from '../json.ts';
import {compact} from '../json.ts';

export type StringMap = Readonly<Record<string, string>>;

export interface Metadata extends JsonObject {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly finalizers?: readonly string[];
}

/** An object of any kind. Never changed in place: lists, watches and history share it. */
export interface ApiObject extends JsonObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: Metadata;
}

/** The object with these metadata fields changed; undefined removes one. */
export function withMetadata(object: ApiObject, changes: JsonObject): ApiObject {
  const merged = {...object.metadata, ...changes, name: object.metadata.name};
  return {...object, metadata: {...compact(merged), name: object.metadata.name}};
}

/** RFC 3339 with whole seconds, as Kubernetes writes its times. */
export function timestamp(milliseconds: number = Date.now()): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

import type {ApiObject} from '../store/object.ts';
import {sinceText} from './duration.ts';

export interface Column {
  readonly name: string;
  /** Columns of `-o wide` have priority 1. */
  readonly wide?: boolean;
  readonly cell: (object: ApiObject) => string | number;
}

export const age: Column = {
  name: 'Age',
  cell: object => sinceText(object.metadata.creationTimestamp),
};

import type {Operations} from './operation.ts';

/** An executable whose first argument names an operation. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly operations: Operations;
}

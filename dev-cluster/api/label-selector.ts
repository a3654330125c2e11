import type {StringMap} from '../store/object.ts';
import {badRequest} from './status.ts';
import {labelValueProblems} from './validation.ts';

type Test = (labels: StringMap) => boolean;

const token = /\s*(==|!=|=|!|>|<|\(|\)|,|[^\s=!<>(),]+)/y;
const operators = ['=', '==', '!=', 'in', 'notin', '>', '<'];

/** Parses what `labelSelector` may say: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`. */
export function labelSelector(text: string): Test {
  const parser = new Parser(tokensOf(text));
  const tests: Test[] = [];
  while (parser.peek() !== '') {
    tests.push(parser.requirement());
    if (parser.peek() === '') break;
    parser.expect([','], "',' or 'end of string'");
  }
  return labels => tests.every(test => test(labels));
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    tokens.push(match[1] ?? '');
  }
  return tokens;
}

class Parser {
  readonly #tokens: string[];

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  peek(): string {
    return this.#tokens[0] ?? '';
  }

  expect(allowed: readonly string[], wanted: string, prefix = ''): string {
    const found = this.#tokens.shift() ?? '';
    if (!allowed.includes(found)) {
      throw badRequest(`${prefix}found '${found}', expected: ${wanted}`);
    }
    return found;
  }

  requirement(): Test {
    const negated = this.peek() === '!';
    if (negated) this.#tokens.shift();
    const key = this.#tokens.shift() ?? '';
    if (negated) return labels => !Object.hasOwn(labels, key);
    if (this.peek() === '' || this.peek() === ',') return labels => Object.hasOwn(labels, key);
    const operator = this.expect(
      operators,
      'in, notin, =, ==, !=, gt, lt',
      'unable to parse requirement: ',
    );
    if (operator === 'in' || operator === 'notin') return setTest(key, operator, this.#values(key));
    const value = this.#value(key, 0);
    if (operator === '>') return labels => Number(labels[key]) > Number(value);
    if (operator === '<') return labels => Number(labels[key]) < Number(value);
    return operator === '!=' ? labels => labels[key] !== value : labels => labels[key] === value;
  }

  #values(key: string): string[] {
    this.expect(['('], "'('", 'unable to parse requirement: ');
    const values: string[] = [];
    for (;;) {
      values.push(this.#value(key, values.length));
      if (this.expect([',', ')'], "',', or ')'", 'unable to parse requirement: ') === ')') {
        return values;
      }
    }
  }

  #value(key: string, index: number): string {
    const next = this.peek();
    const value = next === ',' || next === ')' || next === '' ? '' : (this.#tokens.shift() ?? '');
    const [problem] = labelValueProblems(value);
    if (problem !== undefined) {
      throw badRequest(
        `unable to parse requirement: values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`,
      );
    }
    return value;
  }
}

function setTest(key: string, operator: 'in' | 'notin', values: readonly string[]): Test {
  const among: Test = labels => {
    const value = labels[key];
    return value !== undefined && values.includes(value);
  };
  return operator === 'in' ? among : labels => !among(labels);
}

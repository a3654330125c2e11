import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

/** A message as the source has it, "…" for what differs each time. */
export interface Message {
  readonly text: string;
  /** `file:line` of where it is made. */
  readonly at: string;
}

/** Every file below a directory with this ending. */
export function sourcesBelow(directory: string, ending = '.ts'): string[] {
  return readdirSync(directory, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith(ending) && !file.endsWith('.d.ts'))
    .map(file => join(directory, file))
    .toSorted();
}

/** An expression's words: strings as they are, one "…" for everything else. */
function wordsOf(expression: ts.Expression): string {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isParenthesizedExpression(expression)) return wordsOf(expression.expression);
  if (ts.isTemplateExpression(expression)) {
    const spans = expression.templateSpans.map(({literal}) => `…${literal.text}`);
    return expression.head.text + spans.join('');
  }
  if (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.PlusToken
  ) {
    return wordsOf(expression.left) + wordsOf(expression.right);
  }
  return '…';
}

const squeezed = (text: string) => text.replaceAll(/…+/g, '…').replaceAll(/\s+/g, ' ').trim();

/** Calls of `new SomeError(message)` in a file: what gc-k8s says when it fails. */
export function thrownIn(file: string): Message[] {
  return collect(file, node => {
    if (!ts.isNewExpression(node) || !node.expression.getText().endsWith('Error')) return [];
    const [message] = node.arguments ?? [];
    return message === undefined ? [] : [message];
  });
}

/** What the class of an error in this file says of itself: `super(message)`, or a default of it. */
export function ownWordsIn(file: string): Message[] {
  return collect(file, node => {
    if (ts.isParameter(node) && node.initializer !== undefined) return [node.initializer];
    const isSuper =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;
    return isSuper ? node.arguments.slice(0, 1) : [];
  });
}

/** First arguments of a method of this name, such as the `error` of a kubeconfig's entry. */
export function saidTo(file: string, method: string): Message[] {
  return collect(file, node =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === method
      ? node.arguments.slice(0, 1)
      : [],
  );
}

/** What a file warns of, as it is printed: first arguments of `warn`, except the events of the log. */
export function warningsIn(file: string): Message[] {
  const warnings = collect(file, node => {
    if (!ts.isCallExpression(node) || !/(^|\.)warn$/.test(node.expression.getText())) return [];
    const [text] = node.arguments;
    return text === undefined || node.expression.getText() === 'log.warn' ? [] : [text];
  });
  return warnings
    .filter(({text}) => text !== '…')
    .map(({text, at}) => ({text: `warning: ${text}`, at}));
}

/** What a shell script hands to `fail`, and its warnings. */
export function shellMessagesIn(file: string): Message[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    [...line.matchAll(/(?:\b(?:fail|say)|echo) (?:'([^']+)'|"((?:\$\([^)]*\)|[^"])+)")/g)].flatMap(
      ([, plain, quoted]) => {
        const text =
          plain ?? (quoted ?? '').replaceAll(/\$\((?:[^()]|\([^()]*\))*\)|\$\w+|\$\?/g, '…');
        const isOurs = /fail |say |>&2/.test(line);
        return isOurs && /\w{3}.*\w{3}/.test(text)
          ? [{text: squeezed(text), at: `${file}:${String(index + 1)}`}]
          : [];
      },
    ),
  );
}

/** All texts with at least two words inside a function of this name. */
export function textsIn(file: string, name: string): Message[] {
  const source = parse(file);
  const found: Message[] = [];
  const visit = (node: ts.Node, inside: boolean) => {
    const isNamed = ts.isFunctionDeclaration(node) && node.name?.text === name;
    if ((inside || isNamed) && (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node))) {
      const text = squeezed(wordsOf(node));
      if (/\w+ \w+/.test(text)) found.push({text, at: place(source, node, file)});
      return;
    }
    node.forEachChild(child => visit(child, inside || isNamed));
  };
  visit(source, false);
  return found;
}

const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

const place = (source: ts.SourceFile, node: ts.Node, file: string) =>
  `${file}:${String(source.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`;

function collect(file: string, pick: (node: ts.Node) => readonly ts.Expression[]): Message[] {
  const source = parse(file);
  const found: Message[] = [];
  const visit = (node: ts.Node) => {
    for (const expression of pick(node)) {
      found.push({text: squeezed(wordsOf(expression)), at: place(source, expression, file)});
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

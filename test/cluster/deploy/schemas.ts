import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {kubectl} from './kit.ts';

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    group: string;
    version: string;
    kind: string;
  }[];
}

/**
 * Writes the cluster's own API as JSON schemas, one file a kind, as kubeconform looks for them;
 * gives the `-schema-location` for them. Unlike the API's, they refuse fields that it does not know.
 */
export async function writeSchemas(directory: string): Promise<string> {
  const api = JSON.parse(await kubectl(['get', '--raw', '/openapi/v2'])) as {
    definitions: Record<string, Schema>;
  };
  const definitions = Object.fromEntries(
    Object.entries(api.definitions).map(([name, schema]) => [name, strict(name, schema)]),
  );
  writeFileSync(join(directory, '_definitions.json'), JSON.stringify({definitions}));
  for (const [name, schema] of Object.entries(definitions)) {
    for (const {group, version, kind} of schema['x-kubernetes-group-version-kind'] ?? []) {
      const file = [kind, group.split('.')[0], version].filter(part => part !== '').join('-');
      const text = JSON.stringify({$ref: `_definitions.json#/definitions/${name}`});
      writeFileSync(join(directory, `${file.toLowerCase()}.json`), text);
    }
  }
  return join(directory, '{{.ResourceKind}}{{.KindSuffix}}.json');
}

function strict(name: string, schema: Schema): Schema {
  // Written as a number or a text; the API's own schema says text only.
  if (name.endsWith('.IntOrString') || name.endsWith('.Quantity')) return {};
  const text = JSON.stringify(schema).replaceAll(
    '"#/definitions/',
    '"_definitions.json#/definitions/',
  );
  const resolved = JSON.parse(text) as Schema;
  return resolved.properties === undefined
    ? resolved
    : ({...resolved, additionalProperties: false} as Schema);
}

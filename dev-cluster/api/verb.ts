import type {Route} from './route.ts';

/** The Kubernetes verb of the request; '' when the method is not allowed. */
export function verbOf(method: string, {name, subresource}: Route, query: URLSearchParams): string {
  if (subresource === 'exec') return method === 'POST' ? 'create' : method === 'GET' ? 'get' : '';
  if (subresource === 'eviction') return method === 'POST' ? 'create' : '';
  const one = name !== undefined;
  switch (method) {
    case 'GET':
      if (one) return 'get';
      return ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
    case 'POST':
      return one ? '' : 'create';
    case 'PUT':
      return one ? 'update' : '';
    case 'PATCH':
      return one ? 'patch' : '';
    case 'DELETE':
      return one ? 'delete' : 'deletecollection';
    default:
      return '';
  }
}

import { HttpRefusal } from './error-reply.js';
import type { Reply } from './reply.js';
import type { IncomingRequest } from './request.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A path whose segments beginning with a colon match anything: /api/screenings/:id. */
  readonly pattern: string;
  /** Rejects with an ApiError for everything it means to refuse. */
  answer(request: IncomingRequest): Promise<Reply>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. GET routes answer HEAD too. */
export class Router {
  private readonly routes: readonly { readonly route: Route; readonly segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.routes = routes.map((route) => ({ route, segments: route.pattern.split('/') }));
  }

  /** @throws HttpRefusal 404 ROUTE_NOT_FOUND; 405 METHOD_NOT_ALLOWED with Allow; 400 for a path that cannot be decoded. */
  match(method: string, path: string): RouteMatch {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const here = this.at(path);
    const found = here.find(({ route }) => route.method === wanted);
    if (found !== undefined) return found;
    if (here.length === 0) throw new HttpRefusal(404, 'NOT_FOUND', 'ROUTE_NOT_FOUND', 'there is nothing at this path');
    const allow = allowedMethods(here);
    throw new HttpRefusal(405, 'UNIMPLEMENTED', 'METHOD_NOT_ALLOWED', `this path answers ${allow}`, { Allow: allow });
  }

  /** The methods of a path, as Allow says them. @throws like match */
  allowed(path: string): string {
    const here = this.at(path);
    if (here.length === 0) throw new HttpRefusal(404, 'NOT_FOUND', 'ROUTE_NOT_FOUND', 'there is nothing at this path');
    return allowedMethods(here);
  }

  private at(path: string): RouteMatch[] {
    const given = path.split('/');
    return this.routes.flatMap(({ route, segments }) => {
      const params = paramsOf(segments, given);
      return params === undefined ? [] : [{ route, params }];
    });
  }
}

function allowedMethods(matches: readonly RouteMatch[]): string {
  const methods = matches.map(({ route }) => route.method);
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function paramsOf(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const actual = given[index] ?? '';
    if (!segment.startsWith(':')) {
      if (segment !== actual) return undefined;
    } else {
      if (actual === '') return undefined;
      params[segment.slice(1)] = decode(actual);
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpRefusal(400, 'INVALID_ARGUMENT', 'MALFORMED_PATH', 'the path has a broken percent-encoding');
  }
}

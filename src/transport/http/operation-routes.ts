import type { HttpServerOptions } from './options.js';
import { jsonReply, type Reply } from './reply.js';
import type { Route } from './router.js';

/** For whoever runs the node: liveness, readiness, metrics. */
export function operationRoutes({ health, metrics }: Pick<HttpServerOptions, 'health' | 'metrics'>): readonly Route[] {
  const check = (pattern: string, fact: 'live' | 'ready'): Route => ({
    method: 'GET',
    pattern,
    async answer(): Promise<Reply> {
      const now = await health();
      return jsonReply(now[fact] ? 200 : 503, { status: now[fact] ? 'ok' : 'failing', checks: now.checks });
    },
  });
  return [
    check('/healthz', 'live'),
    check('/readyz', 'ready'),
    {
      method: 'GET',
      pattern: '/metrics',
      async answer() {
        const { contentType, text } = await metrics();
        return { status: 200, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' }, body: text };
      },
    },
  ];
}

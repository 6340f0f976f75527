/** Which pages may change something or watch here. */
export interface OriginPolicy {
  /**
   * Requests without an Origin come from programs, not from pages, and are allowed;
   * so are pages of the very host asked. `null` (sandboxed pages, files) is not.
   */
  allows(origin: string, host: string): boolean;
  /** Headers that let a page of an allowed other site read the answer. */
  corsHeaders(origin: string, host: string): Readonly<Record<string, string>>;
}

/** @throws Error for an entry that is not scheme://host[:port]. */
export function originPolicy(allowedOrigins: readonly string[]): OriginPolicy {
  const allowed = new Set(allowedOrigins.map(parseOrigin));
  const isOther = (origin: string): boolean => allowed.has(origin);
  return {
    allows: (origin, host) => origin === '' || isOther(origin) || isSameHost(origin, host),
    corsHeaders(origin, host): Readonly<Record<string, string>> {
      if (origin === '' || isSameHost(origin, host) || !isOther(origin)) return {};
      return {
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Methods': 'GET, POST, DELETE',
        'Access-Control-Allow-Headers': 'content-type',
        'Access-Control-Max-Age': '600',
        Vary: 'Origin',
      };
    },
  };
}

function parseOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || origin !== text.toLowerCase().replace(/\/$/, '')) {
    throw new Error(`allowed origin ${JSON.stringify(text)} is not of the form https://host or https://host:port`);
  }
  return origin;
}

/** The scheme is left out: behind a proxy that ends TLS we would not know ours. */
function isSameHost(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const asked = `${page.protocol}//${host}`;
  return URL.canParse(asked) && host !== '' && new URL(asked).host === page.host;
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** At most eight digits and a unit: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
const FORM = /^(\d{1,8})([HMSmun])$/;

/** What a `grpc-timeout` header says, in ms; Infinity when there is none, undefined when it is not one. */
export function timeoutMsOf(header: string | readonly string[] | undefined): number | undefined {
  if (header === undefined) return Number.POSITIVE_INFINITY;
  const [, digits, unit] = (typeof header === 'string' ? FORM.exec(header) : null) ?? [];
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
}

/** Settings that are fine alone and wrong together. */
interface Relation {
  readonly smaller: readonly [section: string, key: string];
  readonly larger: readonly [section: string, key: string];
  /** How many of `smaller` must fit into `larger`. */
  readonly times?: number;
}

const relations: readonly Relation[] = [
  { smaller: ['runtime', 'turnBatchLimit'], larger: ['runtime', 'mailboxLimit'] },
  { smaller: ['runtime', 'wakeUpScanMs'], larger: ['runtime', 'passivateAfterMs'] },
  { smaller: ['screening', 'maxSeatsPerRequest'], larger: ['screening', 'maxSeatsPerBuyer'] },
  { smaller: ['screening', 'holdTtlMs'], larger: ['screening', 'holdLifetimeMaxMs'] },
  { smaller: ['screening', 'seatingPlanSeatsMax'], larger: ['screening', 'cachedPlanSeatsMax'] },
  { smaller: ['grpc', 'commandBytesMax'], larger: ['grpc', 'seatingPlanBytesMax'] },
  { smaller: ['postgres', 'statementTimeoutMs'], larger: ['grpc', 'commandTimeoutMs'] },
  { smaller: ['http', 'slowViewerBytes'], larger: ['http', 'viewerBacklogBytesMax'], times: 2 },
  { smaller: ['cluster', 'leaseRenewMs'], larger: ['cluster', 'leaseTtlMs'], times: 3 },
  { smaller: ['cluster', 'leaseTtlMs'], larger: ['cluster', 'leaseLossGraceMs'] },
  { smaller: ['cluster', 'routeRetryMs'], larger: ['cluster', 'routeRetryMaxMs'] },
  { smaller: ['cluster', 'handOffTimeoutMs'], larger: ['cluster', 'drainTimeoutMs'] },
  { smaller: ['cluster', 'peerBatchCallsMax'], larger: ['cluster', 'callsPerPeerMax'] },
  { smaller: ['cluster', 'peerConnectTimeoutMs'], larger: ['cluster', 'peerSilenceMs'] },
  { smaller: ['grpc', 'commandBytesMax'], larger: ['cluster', 'bytesPerPeerMax'] },
  // A renewal that failed leaves time for another, and a healthy process is never silent for a whole lease.
  { smaller: ['redis', 'commandTimeoutMs'], larger: ['cluster', 'leaseTtlMs'], times: 2 },
  { smaller: ['health', 'checkIntervalMs'], larger: ['health', 'stallMs'] },
];

/**
 * What is wrong between settings, with both values in the message. Looks at a file that
 * may be wrong otherwise too, so that everything is said at once.
 * @param file as it was read
 * @param defaults a complete configuration, for the keys the file leaves out
 */
export function brokenRelations(file: unknown, defaults: unknown): string[] {
  const valueOf = ([section, key]: readonly [string, string]): unknown =>
    at(at(file, section), key) ?? at(at(defaults, section), key);
  return relations.flatMap(({ smaller, larger, times = 1 }) => {
    const low = valueOf(smaller);
    const high = valueOf(larger);
    if (typeof low !== 'number' || typeof high !== 'number' || low * times <= high) return [];
    const most = times === 1 ? larger.join('.') : `1/${String(times)} of ${larger.join('.')}`;
    return [`${smaller.join('.')}: is ${String(low)}, must be at most ${most} (${String(high)})`];
  });
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

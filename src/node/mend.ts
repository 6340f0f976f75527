/**
 * Runs `repair` when asked, one at a time however many ask meanwhile: in an outage
 * everyone whose commit fails asks.
 * @param failed told why a repair failed, and not again while it fails for that reason: on a
 *   full disk a line for every try would be the last thing that the disk needs. Reasons are
 *   the same when their first lines are: a server's log, with times and process ids, may follow.
 */
export function mender(repair: () => Promise<void>, failed: (reason: string) => void): () => void {
  let underWay = false;
  let told: string | undefined;
  const tell = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    const [headline] = reason.split('\n', 1);
    if (headline === told) return;
    told = headline;
    failed(reason);
  };
  return () => {
    if (underWay) return;
    underWay = true;
    repair()
      .then(() => (told = undefined), tell)
      .finally(() => {
        underWay = false;
      });
  };
}

/**
 * Runs `repair` when asked, one at a time however many ask meanwhile: in an outage
 * everyone whose commit fails asks.
 * @param failed told once of each repair that failed.
 */
export function mender(repair: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let underWay = false;
  return () => {
    if (underWay) return;
    underWay = true;
    repair()
      .catch(failed)
      .finally(() => {
        underWay = false;
      });
  };
}

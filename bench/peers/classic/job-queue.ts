import Bull from 'bull';

/** Bull answers a job by an event; one listener for all waiting callers. */
export interface JobQueue<Data, Result> {
  /** Queues a job and waits for its result. @param jobId a second job of the same id is not queued */
  run(jobId: string, data: Data): Promise<Result>;
  close(): Promise<void>;
}

/** The best of 1 to 64 on two cores; Bull's default is 1. */
const CONCURRENCY = 32;

interface Waiter<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** @param work runs in this process, as many at once as the queue allows */
export async function openJobQueue<Data, Result>(
  name: string,
  redisUrl: string,
  work: (data: Data) => Promise<Result>,
): Promise<JobQueue<Data, Result>> {
  const { hostname, port } = new URL(redisUrl);
  const queue = new Bull<Data>(name, {
    redis: { host: hostname, port: Number(port) },
    // What is done is of no use to anybody, and a queue that keeps it grows for ever.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const waiting = new Map<string, Waiter<Result>>();
  const settle = (jobId: Bull.JobId, settled: (waiter: Waiter<Result>) => void): void => {
    const waiter = waiting.get(String(jobId));
    waiting.delete(String(jobId));
    if (waiter !== undefined) settled(waiter);
  };
  // Job.finished() would add listeners per job, and every event would call all of them.
  queue.on('global:completed', (jobId: Bull.JobId, result: string) => {
    settle(jobId, ({ resolve }) => {
      resolve(JSON.parse(result) as Result);
    });
  });
  queue.on('global:failed', (jobId: Bull.JobId, reason: string) => {
    settle(jobId, ({ reject }) => {
      reject(new Error(reason));
    });
  });
  void queue.process(CONCURRENCY, ({ data }) => work(data));
  await queue.isReady();
  return {
    run: (jobId, data) =>
      new Promise((resolve, reject) => {
        waiting.set(jobId, { resolve, reject });
        queue.add(data, { jobId }).catch((error: unknown) => {
          settle(jobId, () => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        });
      }),
    close: () => queue.close(true),
  };
}

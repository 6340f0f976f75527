import Bull from 'bull';

export interface JobQueue<Data, Result> {
  /** Queues a job and waits for its result. @param jobId a second job of the same id is not queued */
  run(jobId: string, data: Data): Promise<Result>;
  close(): Promise<void>;
}

interface Waiter<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** @param work runs in this process, as many at once as the queue allows */
export async function openJobQueue<Data, Result>(
  name: string,
  redisUrl: string,
  work: (data: Data) => Promise<Result>,
  { concurrency, isListenerShared }: { readonly concurrency: number; readonly isListenerShared: boolean },
): Promise<JobQueue<Data, Result>> {
  const { hostname, port } = new URL(redisUrl);
  const queue = new Bull<Data>(name, {
    redis: { host: hostname, port: Number(port) },
    // What is done is of no use to anybody, and a queue that keeps it grows for ever.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  void queue.process(concurrency, ({ data }) => work(data));
  await queue.isReady();
  return {
    run: isListenerShared ? withOneListener<Data, Result>(queue) : withFinished<Data, Result>(queue),
    close: () => queue.close(true),
  };
}

type Run<Data, Result> = JobQueue<Data, Result>['run'];

/** Adds listeners for each job, and every event calls all of them. */
function withFinished<Data, Result>(queue: Bull.Queue<Data>): Run<Data, Result> {
  queue.setMaxListeners(0);
  return async (jobId, data) => {
    const job = await queue.add(data, { jobId });
    return (await job.finished()) as Result;
  };
}

/** Bull answers a job by an event: one listener for all waiting callers. */
function withOneListener<Data, Result>(queue: Bull.Queue<Data>): Run<Data, Result> {
  const waiting = new Map<string, Waiter<Result>>();
  const settle = (jobId: Bull.JobId, settled: (waiter: Waiter<Result>) => void): void => {
    const waiter = waiting.get(String(jobId));
    waiting.delete(String(jobId));
    if (waiter !== undefined) settled(waiter);
  };
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
  return (jobId, data) =>
    new Promise((resolve, reject) => {
      waiting.set(jobId, { resolve, reject });
      queue.add(data, { jobId }).catch((error: unknown) => {
        settle(jobId, () => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
    });
}

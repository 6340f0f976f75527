/** Where the storage says what happened to it. Must not throw. */
export type StorageLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export const silentLog: StorageLog = () => undefined;

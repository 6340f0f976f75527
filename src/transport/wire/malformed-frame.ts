/** What came over a wire is not what its protocol allows. The message is for a log. */
export class MalformedFrame extends Error {
  override readonly name: string = 'MalformedFrame';
}

/** A message that says it is longer than is taken. */
export class FrameTooLong extends MalformedFrame {
  override readonly name = 'FrameTooLong';

  constructor(
    readonly bytes: number,
    readonly bytesMax: number,
  ) {
    super(`a frame of ${String(bytes)} bytes, of which at most ${String(bytesMax)} are taken`);
  }
}

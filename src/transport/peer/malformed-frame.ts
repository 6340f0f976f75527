/** What came over a link is not what the protocol allows; the link ends. The message is for a log. */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}

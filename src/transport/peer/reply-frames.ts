import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { Hello, LinkResponse } from '../../../proto/gen/cinema/cluster/v1/peer_service.js';
import type { PeerReply } from '../../cluster/ports.js';
import { MalformedFrame, serializer, withPrefix } from '../wire/index.js';
import { readFrame, readLength, ROOM_FOR_PREFIX, skipField } from './frame-fields.js';

/** LinkResponse, written and read field by field, as LinkRequest is in call-frames.ts. */
export interface NamedReply {
  readonly callId: number;
  readonly reply: PeerReply;
}

export type ReplyFrame =
  | { readonly kind: 'hello'; readonly hello: Hello }
  | { readonly kind: 'replies'; readonly replies: readonly NamedReply[] };

const writeBatch = serializer<readonly NamedReply[]>({
  encode(replies, writer) {
    writer.raw(ROOM_FOR_PREFIX).uint32(18).fork();
    for (const reply of replies) writeReply(reply, writer);
    return writer.join();
  },
});

const writeHello = serializer<Hello>({
  encode: (hello, writer) =>
    LinkResponse.encode({ frame: { $case: 'hello', value: hello } }, writer.raw(ROOM_FOR_PREFIX)),
});

/** A gRPC message, ready for the stream. */
export function helloReplyFrame(hello: Hello): Buffer {
  return withPrefix(writeHello(hello));
}

/** A gRPC message, ready for the stream. */
export function replyFrame(replies: readonly NamedReply[]): Buffer {
  return withPrefix(writeBatch(replies));
}

/** Bytes of a reply that count towards the size of a frame. */
export function replyBytes(reply: PeerReply): number {
  switch (reply.kind) {
    case 'answered':
      return reply.response.length;
    case 'failed':
      return reply.failure.length;
    case 'not-owner':
      return reply.ownerNodeId?.length ?? 0;
  }
}

function writeReply({ callId, reply }: NamedReply, writer: BinaryWriter): void {
  writer.uint32(10).fork().uint32(8).uint32(callId);
  switch (reply.kind) {
    case 'answered':
      writer.uint32(18).bytes(reply.response);
      break;
    case 'failed':
      writer.uint32(26).bytes(reply.failure);
      break;
    case 'not-owner':
      writer.uint32(34).fork();
      if (reply.ownerNodeId !== undefined) writer.uint32(10).string(reply.ownerNodeId);
      writer.join();
      break;
  }
  writer.join();
}

/** @throws MalformedFrame */
export function readReplyFrame(message: Uint8Array): ReplyFrame {
  return readFrame<ReplyFrame>(message, {
    hello: (reader, length) => ({ kind: 'hello', hello: Hello.decode(reader, length) }),
    batch: (reader, end) => ({ kind: 'replies', replies: readReplies(reader, end) }),
  });
}

function readReplies(reader: BinaryReader, end: number): NamedReply[] {
  const replies: NamedReply[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) replies.push(readReply(reader, readLength(reader, end)));
    else skipField(reader, tag);
  }
  return replies;
}

function readReply(reader: BinaryReader, end: number): NamedReply {
  let callId = 0;
  let reply: PeerReply | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 8) callId = reader.uint32();
    else if (tag === 18) reply = { kind: 'answered', response: reader.bytes() };
    else if (tag === 26) reply = { kind: 'failed', failure: reader.bytes() };
    else if (tag === 34) reply = readNotOwner(reader, readLength(reader, end));
    else skipField(reader, tag);
  }
  if (reader.pos !== end) throw new MalformedFrame('a reply that does not end where it says');
  if (reply === undefined) throw new MalformedFrame('a reply without a result');
  return { callId, reply };
}

function readNotOwner(reader: BinaryReader, end: number): PeerReply {
  let ownerNodeId: string | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) ownerNodeId = reader.string();
    else skipField(reader, tag);
  }
  return { kind: 'not-owner', ownerNodeId: ownerNodeId === '' ? undefined : ownerNodeId };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { handleBidiStreamingCall, Server, ServerDuplexStream } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { failureError } from '../api/index.js';
import type { OpenStreams } from './open-streams.js';
import { refuseStream } from './refuse-stream.js';

/** Every proto file and what it imports, as buf compiled them. */
const descriptorsFile = fileURLToPath(new URL('../../../../proto/gen/descriptors.binpb', import.meta.url));

/**
 * Adds server reflection, v1 and v1alpha.
 * @param services full names of those the server has; the descriptors know of others.
 * @param open the streams of both versions: a tool may keep one for as long as it likes
 *
 * proto-loader writes its own descriptors, in which names of imported types cannot be
 * resolved by grpcurl and others; so it only says which services there are, and clients
 * are given the compiler's descriptors.
 */
export function addReflection(server: Server, services: readonly string[], open: OpenStreams): void {
  const bytes = readFileSync(descriptorsFile);
  const fileDescriptorProtos = fromBinary(FileDescriptorSetSchema, bytes).file.map((file) =>
    Buffer.from(toBinary(FileDescriptorProtoSchema, file)),
  );
  const definitions = loadFileDescriptorSetFromBuffer(bytes);
  // The service reads the files of every definition and keeps each file once: given with all
  // of some two hundred definitions they cost a starting node most of a second.
  let rest: readonly Buffer[] = fileDescriptorProtos;
  for (const definition of Object.values(definitions)) {
    if (!Array.isArray(definition.fileDescriptorProtos)) continue;
    Object.assign(definition, { fileDescriptorProtos: rest });
    rest = [];
  }
  new ReflectionService(definitions, { services: [...services] }).addToServer(withStreams(server, open));
}

type Answer = handleBidiStreamingCall<unknown, unknown>;

/** The server as far as the package asks for it: what is added has one method, a stream of questions and answers. */
function withStreams(server: Server, open: OpenStreams): Server {
  const adding: Pick<Server, 'addService'> = {
    addService(service, methods) {
      const bounded = Object.entries(methods).map(
        ([name, method]) => [name, open.limited(endable(method as Answer, open))] as const,
      );
      server.addService(service, Object.fromEntries(bounded));
    },
  };
  return adding as Server;
}

/** The same method, whose streams end when the server stops, and take no more questions than they get rid of answers. */
function endable(answer: Answer, open: OpenStreams): Answer {
  return (stream: ServerDuplexStream<unknown, unknown>) => {
    const closed = open.add(() => {
      stream.pause();
      refuseStream(stream, failureError({ kind: 'draining' }));
    });
    stream.once('close', closed);
    answer(stream);
    // The package answers each question as it comes, whether the client reads or not.
    stream.on('data', () => {
      if (stream.writableNeedDrain) stream.pause();
    });
    stream.on('drain', () => stream.resume());
  };
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** Every proto file and what it imports, as buf compiled them. */
const descriptorsFile = fileURLToPath(new URL('../../../../proto/gen/descriptors.binpb', import.meta.url));

/**
 * Adds server reflection, v1 and v1alpha.
 * @param services full names of those the server has; the descriptors know of others.
 *
 * proto-loader writes its own descriptors, in which names of imported types cannot be
 * resolved by grpcurl and others; so it only says which services there are, and clients
 * are given the compiler's descriptors.
 */
export function addReflection(server: Server, services: readonly string[]): void {
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
  new ReflectionService(definitions, { services: [...services] }).addToServer(server);
}

/** How messages are read from and written to a wire, whichever it is. */
export { FrameTooLong, MalformedFrame } from './malformed-frame.js';
export { serializer, type Encoder } from './message-writer.js';
export { MessageSplitter, PREFIX_BYTES, withPrefix } from './message-splitter.js';
export { peekText } from './peek-text.js';
export { strictReader } from './strict-reader.js';

/** How messages are read from and written to a wire, whichever it is. */
export { serializer, type Encoder } from './message-writer.js';
export { peekText } from './peek-text.js';
export { strictReader } from './strict-reader.js';

import { fileURLToPath } from 'node:url';

/** The checkout: where package.json is. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

// Content digests. The core takes the function as an argument and stays free of node:crypto.
import { createHash } from 'node:crypto';

/** Hex SHA-256 of the UTF-8 text or the bytes. */
export type Digest = (content: string | Uint8Array) => string;

export const sha256: Digest = (content) => createHash('sha256').update(content).digest('hex');

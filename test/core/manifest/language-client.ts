import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

type Listener = (message: Message) => boolean;

/** As much of the language server protocol as the proof needs, over stdio. */
export class LanguageClient {
  readonly #process: ChildProcess;
  #buffer = Buffer.alloc(0);
  #nextId = 1;
  #listeners: Listener[] = [];

  constructor() {
    const require = createRequire(import.meta.url);
    const home = dirname(require.resolve('yaml-language-server/package.json'));
    this.#process = spawn(process.execPath, [join(home, 'bin/yaml-language-server'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#buffer.toString('utf8', 0, end))?.[1],
      );
      if (this.#buffer.length < end + 4 + length) return;
      const body = this.#buffer.toString('utf8', end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(JSON.parse(body) as Message);
    }
  }

  #take(message: Message): void {
    if (message.id !== undefined && message.method !== undefined) this.#answer(message);
    this.#listeners = this.#listeners.filter((listener) => !listener(message));
  }

  // The server asks for its settings and registers capabilities.
  #answer({ id, method, params }: Message): void {
    const items = (params as { items?: { section?: string }[] } | undefined)?.items ?? [];
    const settings = {
      validate: true,
      hover: true,
      completion: true,
      schemaStore: { enable: false },
    };
    const result =
      method === 'workspace/configuration'
        ? items.map(({ section }) => (section === 'yaml' ? settings : {}))
        : null;
    this.#send({ id: id ?? 0, result });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#listeners.push((message) => {
        if (message.id !== id || message.method !== undefined) return false;
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(JSON.stringify(message.error)));
        return true;
      });
      this.#send({ id, method, params });
    });
  }

  /** The next notification of a method that fits. */
  notified<T>(method: string, fits: (params: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      this.#listeners.push((message) => {
        if (message.method !== method || !fits(message.params as T)) return false;
        resolve(message.params as T);
        return true;
      });
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }
}

// One connection: cached statements, nested transactions, errors in our words.
// What is asked is decided by the reading and writing halves.
import { InternalError, Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { BoundDatabase, BoundStatement, SqlRow, SqlValue } from './load-binding.ts';
import { mapSqliteError } from './sqlite-errors.ts';

export interface ConnectionOptions {
  /** Opens the same file once more; given to the writer, which then renews itself after a fault. */
  readonly reopen?: () => BoundDatabase;
  /** Told each fault of the disk, in our words. */
  readonly onFault?: (error: Jm2Error) => void;
}

export class Connection {
  readonly path: string;
  readonly #options: ConnectionOptions;
  #database: BoundDatabase;
  /** A fault of the disk was seen: pages held in memory may not be what the file has. */
  #isSuspect = false;
  /** Bounded by the texts in this folder: no text is built from values. */
  readonly #statements = new Map<string, BoundStatement>();
  #depth = 0;
  /** SQLite gave the whole transaction up (disk full, for one) while its body still runs. */
  #abandoned = false;
  #closed = false;
  #settled: (isCommitted: boolean) => void = () => {};

  constructor(database: BoundDatabase, path: string, options: ConnectionOptions = {}) {
    this.#database = database;
    this.path = path;
    this.#options = options;
  }

  all(sql: string, ...parameters: SqlValue[]): SqlRow[] {
    return this.#guarded(() => this.#statement(sql).all(...parameters));
  }

  get(sql: string, ...parameters: SqlValue[]): SqlRow | undefined {
    return this.#guarded(() => this.#statement(sql).get(...parameters));
  }

  /** Returns how many rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number {
    if (this.#depth === 0) this.#renewWhenSuspect();
    return this.#guarded(() => Number(this.#statement(sql).run(...parameters).changes));
  }

  exec(sql: string): void {
    this.#guarded(() => this.#database.exec(sql));
  }

  /**
   * All or nothing. An inner call is a savepoint of the outer one: it commits
   * with it, and a throw undoes the inner part even when the outer goes on.
   */
  transaction<T>(body: () => T): T {
    const depth = this.#depth;
    if (depth === 0) this.#renewWhenSuspect();
    // IMMEDIATE takes the write lock first, so a body never fails half way for want of it.
    this.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT level_${depth}`);
    this.#depth += 1;
    try {
      const result = body();
      if (result instanceof Promise) {
        throw new InternalError('a transaction body must not be asynchronous');
      }
      this.exec(depth === 0 ? 'COMMIT' : `RELEASE level_${depth}`);
      if (depth === 0) this.#settled(true);
      return result;
    } catch (error) {
      this.#undo(depth);
      throw error;
    } finally {
      this.#depth = depth;
      if (depth === 0) this.#abandoned = false;
    }
  }

  /**
   * A transaction whose commit does not wait for the disk: for what is of no use before a
   * later one, whose sync takes all that lies before it in the WAL with it. After a power
   * failure in between it may not have been.
   */
  unsynced<T>(body: () => T): T {
    if (this.#depth > 0) return this.transaction(body);
    this.#renewWhenSuspect();
    this.exec('PRAGMA synchronous = NORMAL');
    try {
      return this.transaction(body);
    } finally {
      this.exec('PRAGMA synchronous = FULL');
    }
  }

  get isInTransaction(): boolean {
    return this.#depth > 0;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /**
   * Told after each commit, and with false after each transaction, or part of one, that
   * was taken back; also after a renewal, when nobody knows what was.
   */
  onSettled(listener: (isCommitted: boolean) => void): void {
    this.#settled = listener;
  }

  /** Harmless when closed already. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#settled(false);
    this.#statements.clear();
    this.#database.close();
  }

  /**
   * Before the first write after a fault: what a failed commit left in memory is
   * not trusted. The old connection stays until the new one is open, so that
   * reading goes on meanwhile, and so that a commit whose sync failed is not
   * found again in the WAL, as it would be by the first one to open the file.
   */
  #renewWhenSuspect(): void {
    const { reopen } = this.#options;
    if (!this.#isSuspect || reopen === undefined) return;
    const fresh = this.#guarded(reopen);
    this.#statements.clear();
    const old = this.#database;
    this.#database = fresh;
    this.#isSuspect = false;
    this.#settled(false);
    try {
      old.close();
    } catch {
      // It was at fault; whatever it still held is gone with it.
    }
  }

  #undo(depth: number): void {
    this.#settled(false);
    if (!this.#database.isTransaction) return;
    this.#database.exec(
      depth === 0 ? 'ROLLBACK' : `ROLLBACK TO level_${depth}; RELEASE level_${depth}`,
    );
  }

  #statement(sql: string): BoundStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(call: () => T): T {
    if (this.#abandoned) {
      // Without this, later writes of the body would commit one by one.
      throw new InternalError('the transaction was rolled back after an earlier error');
    }
    try {
      return call();
    } catch (error) {
      if (this.#depth > 0 && !this.#database.isTransaction) this.#abandoned = true;
      const mapped = mapSqliteError(error, this.path);
      if (mapped instanceof Jm2Error && isDiskFault(mapped.code)) {
        this.#isSuspect ||= mapped.code !== 'JM2-T104';
        this.#options.onFault?.(mapped);
      }
      throw mapped;
    }
  }
}

/** Busy is none: somebody else writes, and the disk is well. */
function isDiskFault(code: string): boolean {
  return code === 'JM2-T101' || code === 'JM2-T104' || code === 'JM2-T106';
}

// One connection: cached statements, nested transactions, errors in our words.
// What is asked is decided by the reading and writing halves.
import { InternalError } from '../../core/diagnostics/jm2-error.ts';
import type { BoundDatabase, BoundStatement, SqlRow, SqlValue } from './load-binding.ts';
import { mapSqliteError } from './sqlite-errors.ts';

export class Connection {
  readonly path: string;
  readonly #database: BoundDatabase;
  /** Bounded by the texts in this folder: no text is built from values. */
  readonly #statements = new Map<string, BoundStatement>();
  #depth = 0;
  /** SQLite gave the whole transaction up (disk full, for one) while its body still runs. */
  #abandoned = false;
  #closed = false;

  constructor(database: BoundDatabase, path: string) {
    this.#database = database;
    this.path = path;
  }

  all(sql: string, ...parameters: SqlValue[]): SqlRow[] {
    return this.#guarded(() => this.#statement(sql).all(...parameters));
  }

  get(sql: string, ...parameters: SqlValue[]): SqlRow | undefined {
    return this.#guarded(() => this.#statement(sql).get(...parameters));
  }

  /** Returns how many rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number {
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
    // IMMEDIATE takes the write lock first, so a body never fails half way for want of it.
    this.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT level_${depth}`);
    this.#depth += 1;
    try {
      const result = body();
      if (result instanceof Promise) {
        throw new InternalError('a transaction body must not be asynchronous');
      }
      this.exec(depth === 0 ? 'COMMIT' : `RELEASE level_${depth}`);
      return result;
    } catch (error) {
      this.#undo(depth);
      throw error;
    } finally {
      this.#depth = depth;
      if (depth === 0) this.#abandoned = false;
    }
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Harmless when closed already. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#database.close();
  }

  #undo(depth: number): void {
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
      throw mapSqliteError(error, this.path);
    }
  }
}

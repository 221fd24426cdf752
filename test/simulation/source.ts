// The manifest file of a simulated world: its content by time, and a watch that
// sometimes misses a change.
import type { SourceRead } from '../../src/reconciler/read-source.ts';
import { sha256 } from '../../src/system/digest.ts';
import type { ManifestWatch } from '../../src/watch/watch.ts';
import { written, type SimManifest } from './manifests.ts';
import type { Random } from './random.ts';
import type { Daemon, World } from './world.ts';

export class Source {
  /** What people want: the newest complete manifest that they wrote. */
  wanted: SimManifest;
  /** Every complete manifest that was ever written, by its text. */
  readonly complete = new Map<string, SimManifest>();
  content: 'complete' | 'broken' | 'missing' | 'empty' = 'complete';
  #read: SourceRead = { kind: 'missing', detail: 'jobs.yaml does not exist' };
  changedAwake = 0;
  readonly #world: World;
  readonly #random: Random;
  #hint: { readonly daemon: Daemon; readonly hint: (why: string) => void } | null = null;

  constructor(world: World, first: SimManifest) {
    this.#world = world;
    this.#random = world.random.fork('source');
    this.wanted = first;
    this.save(first);
  }

  save(manifest: SimManifest): void {
    const text = written(manifest);
    this.wanted = manifest;
    this.complete.set(text, manifest);
    this.put(text, 'complete');
  }

  /** Valid, and without a job: no more than a mistake once there were some. */
  empty(): void {
    const text = 'version: 1\njobs: {}\n';
    this.complete.set(text, { limits: { max: 64, queueLimit: 200, groups: {} }, jobs: [] });
    this.put(text, 'empty');
  }

  put(text: string | null, content: Source['content']): void {
    const { wall, awake } = this.#world.time;
    this.content = content;
    this.changedAwake = awake;
    this.#world.note('manifest file', content);
    if (text === null) {
      this.#read = { kind: 'missing', detail: 'jobs.yaml does not exist' };
    } else {
      const bytes = new TextEncoder().encode(text);
      this.#read = { kind: 'read', bytes, digest: sha256(bytes), changedAt: wall };
    }
    const watching = this.#hint;
    if (watching === null || this.#random.chance(0.1)) return;
    this.#world.reach(watching.daemon, this.#random.spread(0.2, 50), () => {
      watching.hint('file changed');
    });
  }

  /** A save that is not atomic: for a while the file ends between two jobs. */
  tear(manifest: SimManifest, forMs: number): void {
    const text = written(manifest);
    const middle = text.slice(0, text.length * 0.7);
    const cut = middle.slice(0, middle.lastIndexOf('\n  job-') + 1);
    // What is not clearly shorter than the manifest in force is told from a whole
    // file only by holding still, for which two reads are 50 ms apart.
    const isShort = cut.length < written(this.wanted).length * 0.75;
    this.put(cut, 'broken');
    this.#world.later(isShort ? forMs : Math.min(forMs, 40), () => this.save(manifest));
  }

  readFor(daemon: Daemon): () => Promise<SourceRead> {
    return () => {
      this.#world.point(daemon, 'read of the manifest');
      return Promise.resolve(this.#read);
    };
  }

  watchFor(daemon: Daemon): ManifestWatch {
    return {
      start: (hint) => {
        this.#hint = { daemon, hint };
        return Promise.resolve();
      },
      close: () => {
        if (this.#hint?.daemon === daemon) this.#hint = null;
        return Promise.resolve();
      },
    };
  }
}

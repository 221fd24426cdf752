import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LanguageClient } from './language-client.ts';
import { problems } from './load.ts';

interface Published {
  readonly uri: string;
  readonly diagnostics: readonly {
    readonly message: string;
    readonly range: { readonly start: { readonly line: number; readonly character: number } };
  }[];
}

// Within the repository, so that the modeline can name the schema by a relative path.
const folder = mkdtempSync('test/fixtures/manifests/.language-server-');
const modeline = `# yaml-language-server: $schema=${relative(folder, 'schema/jobs.schema.json')}`;
const client = new LanguageClient();

function open(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  const uri = pathToFileURL(path).href;
  client.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  return uri;
}

describe('the real language server with the published schema', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const rootUri = pathToFileURL('.').href;
    await client.request('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'jm2' }],
      capabilities: {
        textDocument: {
          completion: { completionItem: { snippetSupport: true } },
          hover: { contentFormat: ['markdown', 'plaintext'] },
          publishDiagnostics: {},
        },
        workspace: { configuration: true },
      },
    });
    client.notify('initialized', {});
  }, 60_000);

  afterAll(async () => {
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('completes the keys of a job', async () => {
    const uri = open(
      'complete.yaml',
      `${modeline}\nversion: 1\njobs:\n  backup:\n    command: x\n    \n`,
    );
    const reply = (await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { line: 5, character: 4 },
    })) as { items: readonly { label: string }[] };
    expect(reply.items.map((item) => item.label)).toEqual(
      expect.arrayContaining(['schedule', 'timeout', 'retry', 'catch_up', 'concurrency']),
    );
  });

  test('completes the words of a field', async () => {
    const uri = open(
      'values.yaml',
      `${modeline}\nversion: 1\njobs:\n  backup:\n    command: x\n    concurrency: \n`,
    );
    const reply = (await client.request('textDocument/completion', {
      textDocument: { uri },
      position: { line: 5, character: 17 },
    })) as { items: readonly { label: string }[] };
    expect(reply.items.map((item) => item.label)).toEqual(
      expect.arrayContaining(['forbid', 'allow', 'queue', 'replace']),
    );
  });

  test('explains a field on hover', async () => {
    const uri = open(
      'hover.yaml',
      `${modeline}\nversion: 1\njobs:\n  backup:\n    command: x\n    timeout: 5m\n`,
    );
    const reply = (await client.request('textDocument/hover', {
      textDocument: { uri },
      position: { line: 5, character: 6 },
    })) as { contents: unknown };
    expect(JSON.stringify(reply.contents)).toContain('Bound of one attempt');
  });

  test('marks an unknown key at the place where validate does', async () => {
    const text = `${modeline}\nversion: 1\njobs:\n  backup:\n    command: x\n    shedule: "0 3 * * *"\n`;
    const published = client.notified<Published>(
      'textDocument/publishDiagnostics',
      (params) => params.uri.endsWith('wrong.yaml') && params.diagnostics.length > 0,
    );
    open('wrong.yaml', text);
    const { diagnostics } = await published;
    expect(diagnostics[0]?.message).toContain('shedule');
    const start = diagnostics[0]?.range.start ?? { line: -1, character: -1 };
    expect(problems(text)).toEqual([`JM2-M201 ${start.line + 1}:${start.character + 1}`]);
  });
});

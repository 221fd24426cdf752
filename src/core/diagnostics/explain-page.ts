// The page of one code, as Markdown: what `jm2 explain` prints and what stands
// in docs/errors. Nothing in it depends on a particular occurrence.
import type { RegistryEntry } from './registry-entry.ts';

function block(text: string): string {
  const language = text.includes('\n') ? 'yaml' : 'sh';
  return `\`\`\`${language}\n${text.replace(/\n$/, '')}\n\`\`\``;
}

/** Markdown with a title, the meaning, the way out and, where there is one, an example. */
export function explainPage(entry: RegistryEntry): string {
  const parts = [
    `# ${entry.code}: ${entry.summary}`,
    `Area: ${entry.area}. A command that meets it ends with exit code ${entry.exitCode}.`,
    `## What it means\n\n${entry.meaning}`,
    `## Way out\n\n${entry.remedy}`,
  ];
  if (entry.example !== null) parts.push(`## Example\n\n${block(entry.example)}`);
  if (entry.corrected !== null) parts.push(`Put right:\n\n${block(entry.corrected)}`);
  return `${parts.join('\n\n')}\n`;
}

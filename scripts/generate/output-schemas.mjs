// The published schemas of what `--json` prints: one file per command for the
// object a call answers with, and one for the lines of its stream.
import { publishedSchema } from './published-schema.mjs';

const text = (schema) => `${JSON.stringify(schema, null, 2)}\n`;

/** Pairs of path and content. */
export function outputSchemas({ answerShapes, envelope }) {
  const files = [];
  for (const [command, shape] of Object.entries(answerShapes)) {
    files.push([
      `schema/output/${command}.schema.json`,
      text(
        publishedSchema(envelope(shape), {
          title: `jm2 ${command} --json`,
          description: `What \`jm2 ${command} --json\` prints on stdout.`,
        }),
      ),
    ]);
    if (shape.line === undefined) continue;
    files.push([
      `schema/output/${command}-line.schema.json`,
      text(
        publishedSchema(shape.line, {
          title: `A line of jm2 ${command} ${shape.lineOption ?? '--json'}`,
          description: `One line of what \`jm2 ${command}\` prints with \`${shape.lineOption ?? '--json'}\`.`,
        }),
      ),
    ]);
  }
  return files;
}

// Draws coloured terminal output from standard input as an SVG, for the README:
//   FORCE_COLOR=1 jm2 plan FILE | node scripts/terminal-picture.mjs 'jm2 plan FILE' > docs/pictures/plan.svg
import { readFileSync } from 'node:fs';

const colours = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};
const cell = { width: 8.4, height: 19 };
const escape = String.fromCharCode(27);
const anyCode = new RegExp(`(${escape}\\[[0-9;]*m)`, 'g');
const oneCode = new RegExp(`^${escape}\\[([0-9;]*)m$`);
const escapeXml = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const command = process.argv[2] ?? '';
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const style = { colour: '', bold: false, dim: false };

function spans(line) {
  let column = 0;
  return line
    .split(anyCode)
    .map((part) => {
      const code = oneCode.exec(part)?.[1];
      if (code !== undefined) {
        for (const number of code.split(';').map(Number)) {
          if (number === 0) Object.assign(style, { colour: '', bold: false, dim: false });
          else if (number === 1) style.bold = true;
          else if (number === 2) style.dim = true;
          else if (number === 22) Object.assign(style, { bold: false, dim: false });
          else if (number === 39) style.colour = '';
          else style.colour = colours[number] ?? style.colour;
        }
        return '';
      }
      if (part === '') return '';
      const x = column * cell.width;
      column += [...part].length;
      const look = [
        `fill="${style.colour || (style.dim ? '#8b949e' : '#e6edf3')}"`,
        style.bold ? 'font-weight="bold"' : '',
      ].join(' ');
      return `<tspan x="${(x + 16).toFixed(1)}" ${look}>${escapeXml(part)}</tspan>`;
    })
    .join('');
}

const width = Math.ceil(
  Math.max(60, ...lines.map((line) => [...line.replaceAll(anyCode, '')].length)) * cell.width + 32,
);
const height = (lines.length + 2) * cell.height + 24;
const text = [`\u001b[32m$\u001b[39m \u001b[1m${command}\u001b[22m`, ...lines]
  .map((line, index) => `<text y="${(index + 1) * cell.height + 12}">${spans(line)}</text>`)
  .join('\n');
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(command)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
${text}
</g>
</svg>`);

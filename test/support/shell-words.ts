// The words of a line as a shell would see them, up to a pipe, a redirection or a comment.
export function shellWords(line: string): readonly string[] {
  const end = /(?:^|\s)(?:#|\||&&|;|>|2>|<)(?=\s|$|\S)/;
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '' && !end.test(` ${rest.slice(0, 2)}`)) {
    const [word = ''] = /^(?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'\\])+/.exec(rest) ?? [];
    if (word === '') break;
    words.push(word.replaceAll(/"((?:\\.|[^"])*)"|'([^']*)'|\\(.)/g, '$1$2$3'));
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}

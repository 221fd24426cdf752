// The program that the text of a shell begins with, where a look at the text is
// enough to be sure. Rather none than a wrong one.

const assignment = /^([A-Za-z_]\w*)=[^\s;|&<>()$`"'\\]*$/;
const plainWord = /^[\w./+@%:-]+$/;

/** What a POSIX shell does itself, and its reserved words. */
const ownWords = new Set(
  `. : [ alias bg break case cd command continue do done echo elif else esac eval exec exit export
  false fc fg fi for function getopts hash if in jobs kill local printf pwd read readonly return set
  shift source test then time times trap true type typeset ulimit umask unalias unset until wait
  while declare let shopt pushd popd dirs enable builtin select coproc`.split(/\s+/),
);

export function firstProgram(text: string): string | null {
  const words = text.trim().split(/[ \t]+/);
  for (const word of words) {
    const variable = assignment.exec(word)?.[1];
    // What comes after it is searched for elsewhere.
    if (variable === 'PATH') return null;
    if (variable !== undefined) continue;
    const [program = '', ...rest] = word.split(/(?=[;|&<>\n])/);
    // `a&&b` and `a|b` are fine, `a\nb` as well; `a(` defines a function.
    if (!plainWord.test(program) || (rest.length > 0 && rest[0]?.startsWith('<('))) return null;
    return ownWords.has(program) ? null : program;
  }
  return null;
}

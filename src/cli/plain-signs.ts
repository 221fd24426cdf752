// The signs that jm2 puts between words, for terminals that show ASCII only.

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Only a locale that names another character set is believed: unset, as in CI, it
 * says nothing, and what a pipe or a file gets is read elsewhere.
 */
export function showsSigns(env: Environment, isTty: boolean): boolean {
  if (!isTty) return true;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return locale === undefined || /utf-?8/i.test(locale);
}

const spelled: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '↑': '^',
  '↓': 'v',
  '·': '|',
  '…': '...',
  '−': '-',
  '–': '-',
  '’': "'",
};

/** Blocks and other drawings are left: they have no counterpart. */
export function spelledOut(text: string): string {
  return text.replace(/[→←↑↓·…−–’]/g, (sign) => spelled[sign] ?? sign);
}

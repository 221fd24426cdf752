// What is taken for a secret in clear: the one test behind the warning and
// behind the mask, so that nothing is shown that the warning has found. Best effort.

/** Stands for a value that is not shown. */
export const maskedValue = '***';

// Both narrow and wide tests know these words; the wide one also any KEY.
const secretWords = 'PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL';
const masksName = new RegExp(`${secretWords}|KEY`, 'i');
const warnsOfName = new RegExp(`${secretWords}|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY`, 'i');
/** Names of places or kinds, not of the secret itself. */
const placeName = /_(?:FILE|PATH|DIR|URL|ID|NAME|COMMAND|ENV|TTL|TYPE)$/i;
/** References and places: paths, variables, placeholders. */
const reference = /^(?:\/|\.|~|\$|<|file:|env:)/;

// Each with what stays visible before and behind it, as lookarounds.
const secretForms = [
  /\b(?:ghp|gho|ghs|ghr)_[A-Za-z0-9]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{30,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\bxox[abprs]-[A-Za-z0-9-]{16,}/g,
  /\bsk-[A-Za-z0-9_-]{24,}/g,
  /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g,
  /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]*/g,
  /(?<=:\/\/[^/\s:@$]{1,64}:)[^/\s@$]{3,128}(?=@)/g,
];
const assigned =
  /(?<=\b[A-Z_]{0,40}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=["']?)[^\s$"'/.;&|<`]{6,}/g;
const scannedMax = 16 * 1024;

function holds(form: RegExp, text: string): boolean {
  // search() begins at the start each time; test() of a global form would not.
  return text.search(form) !== -1;
}

function hasSecretForm(text: string): boolean {
  const scanned = text.slice(0, scannedMax);
  return secretForms.some((form) => holds(form, scanned));
}

/** True for a variable whose value is very likely a secret: worth a warning. */
export function isSecretVariable(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (hasSecretForm(value)) return true;
  if (!warnsOfName.test(name) || placeName.test(name)) return false;
  return value.length >= 6 && !reference.test(value) && !/\s/.test(value);
}

/** True for a variable that is better not shown: more of them than are warned of. */
export function isMaskedVariable(name: string, value: string): boolean {
  return masksName.test(name) || isSecretVariable(name, value);
}

/** True for the text of a command with a part that is very likely a secret. */
export function hasSecretPart(text: string): boolean {
  return hasSecretForm(text) || holds(assigned, text.slice(0, scannedMax));
}

/** The text of a command with the mask in place of such parts. */
export function withoutSecretParts(text: string): string {
  if (!hasSecretPart(text)) return text;
  const scanned = text.slice(0, scannedMax);
  const forms = [...secretForms, assigned];
  return (
    forms.reduce((shown, form) => shown.replace(form, maskedValue), scanned) +
    text.slice(scannedMax)
  );
}

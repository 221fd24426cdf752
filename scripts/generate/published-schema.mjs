// The schema as published: draft-07, plain JSON, keys in reading order.
const order = [
  '$schema',
  '$id',
  'title',
  'description',
  'markdownDescription',
  'default',
  'examples',
  'type',
  'const',
  'enum',
  'required',
  'properties',
  'propertyNames',
  'additionalProperties',
  'items',
  'anyOf',
];

const rank = (key) => (order.includes(key) ? order.indexOf(key) : order.length);

/** Keywords in reading order; the members of `properties` keep theirs. */
function ordered(value, isProperties = false) {
  if (Array.isArray(value)) return value.map((item) => ordered(item));
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  if (!isProperties) keys.sort((a, b) => rank(a) - rank(b));
  return Object.fromEntries(
    keys.map((key) => {
      const isData = !isProperties && ['default', 'examples', 'const', 'enum'].includes(key);
      return [
        key,
        isData ? value[key] : ordered(value[key], !isProperties && key === 'properties'),
      ];
    }),
  );
}

const ofManifest = {
  title: 'jm2 manifest, version 1',
  description: 'Jobs that jm2 runs, and when. See docs/manifest.md.',
};

export function publishedSchema(source, about = ofManifest) {
  const plain = JSON.parse(JSON.stringify(source));
  return ordered({ $schema: 'http://json-schema.org/draft-07/schema#', ...about, ...plain });
}

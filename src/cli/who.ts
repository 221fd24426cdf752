// Who asks, for records: a person, or a pipeline with the address of its run.
const runs: readonly ((env: NodeJS.ProcessEnv) => string | undefined)[] = [
  ({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id }) =>
    server && name && id ? `${server}/${name}/actions/runs/${id}` : undefined,
  ({ CI_JOB_URL }) => CI_JOB_URL,
  ({ BUILDKITE_BUILD_URL }) => BUILDKITE_BUILD_URL,
  ({ CIRCLE_BUILD_URL }) => CIRCLE_BUILD_URL,
  ({ BUILD_URL }) => BUILD_URL,
];

/** As long as the API takes a name. */
const lengthMax = 256;

/** `cli (alice)`, or `ci (https://…/runs/17)`. */
export function actorOf(env: NodeJS.ProcessEnv, user: string): string {
  const isPipeline = env['CI'] !== undefined && !['', 'false', '0'].includes(env['CI']);
  if (!isPipeline) return `cli (${user})`;
  const run = runs.map((read) => read(env)).find((url) => url !== undefined && url !== '');
  return `ci (${run ?? user})`.slice(0, lengthMax);
}

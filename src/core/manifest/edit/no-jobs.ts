/** The manifest that stands for "nothing is in force yet". */
export const manifestOfNoJobs = 'version: 1\njobs: {}\n';

// How SQL finds what belongs to ad-hoc runs: by the beginning of the identity, as a
// range that an index answers. `0` and `;` are the characters behind `/` and `:`.

export const ofAdhoc = "job_uid >= 'adhoc/' AND job_uid < 'adhoc0'";

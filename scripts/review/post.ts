import { readFileSync } from "node:fs";
import { Log } from "../delivery/report/log";
import { reportOf } from "../local/errors";
import * as bitbucket from "./hosts/bitbucket";
import * as github from "./hosts/github";
import * as gitlab from "./hosts/gitlab";
import { variablesOf } from "./hosts/host";

type Environment = Record<string, string | undefined>;

/** Posts the review of a review.json to the host whose pipeline this is; returns what was done, in a sentence. */
export function post(environment: Environment, review: string): Promise<string> {
    if (environment["GITLAB_CI"] !== undefined) {
        // With merged results, the commit that is built is that of the merge.
        const head = environment["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"] || environment["CI_COMMIT_SHA"];
        const known = { ...environment, CI_COMMIT_SHA: head };
        return gitlab.post(variablesOf("GitLab", known, gitlab.variables), review);
    }
    if (environment["BITBUCKET_BUILD_NUMBER"] !== undefined) {
        const where = variablesOf("Bitbucket", environment, bitbucket.variables);
        return bitbucket.post({ ...where, token: environment[bitbucket.tokenVariable] || undefined }, review);
    }
    return github.post(variablesOf("GitHub", environment, github.variables), review);
}

async function main(): Promise<number> {
    try {
        new Log().line(await post(process.env, readFileSync(process.argv[2] ?? "", "utf8")));
        return 0;
    } catch (error) {
        new Log().failure(reportOf(error));
        return 1;
    }
}

if (require.main === module) {
    void main().then((status) => (process.exitCode = status));
}

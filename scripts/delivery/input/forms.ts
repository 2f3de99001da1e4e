import {
    EnvironmentVariables,
    RecordVariables,
    RehearsalVariables,
    snapshotVariable,
    splicedForms,
} from "../../../components/contract";

type Environment = Record<string, string | undefined>;

/** What the value of a variable may be: a text without a form could carry anything into a page, a path or a statement. */
interface Form {
    pattern: RegExp;
    allowed: string;
}

/** Names that people and AWS give, which PostgreSQL takes with any other character. */
const anyName: Form = {
    // eslint-disable-next-line no-control-regex -- it is what they are about
    pattern: /^[^\u0000-\u001f\u007f]{1,128}$/u,
    allowed: "up to 128 characters, none of them a control character",
};
const identifier: Form = {
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
    allowed: "the identifier of a cluster: a letter, then up to 62 letters, digits and hyphens",
};
const { rollbackTo, sourceRevision, executionId } = splicedForms;

/** Of every variable that says a text; what is a number or one of a few words is checked where it is read. */
const forms: Record<string, Form> = {
    [EnvironmentVariables.rollbackTo]: {
        pattern: new RegExp(rollbackTo),
        allowed: "a release id (release-…) or a tag: letters, digits, dots, hyphens and underscores",
    },
    [EnvironmentVariables.sourceRevision]: {
        pattern: new RegExp(sourceRevision),
        allowed: "a commit or a version of S3",
    },
    [EnvironmentVariables.pipelineExecutionId]: { pattern: new RegExp(executionId), allowed: "the id of an execution" },
    [EnvironmentVariables.environmentName]: {
        pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
        allowed: "1 to 32 letters, digits, hyphens and underscores",
    },
    [EnvironmentVariables.migrationsDirectory]: {
        pattern: /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/,
        allowed: "a directory inside the source, relative to its root",
    },
    [EnvironmentVariables.databaseHost]: { pattern: /^[A-Za-z0-9.:_-]{1,255}$/, allowed: "a host name or an address" },
    [EnvironmentVariables.databaseName]: anyName,
    [EnvironmentVariables.databaseUsername]: anyName,
    [RecordVariables.bucket]: { pattern: /^[a-z0-9][a-z0-9.-]{1,62}$/, allowed: "the name of a bucket" },
    [RecordVariables.approvalPipeline]: { pattern: /^[A-Za-z0-9.@_-]{1,100}$/, allowed: "the name of a pipeline" },
    [RehearsalVariables.sourceCluster]: identifier,
    [RehearsalVariables.securityGroup]: { pattern: /^sg-\w{1,60}$/, allowed: "the id of a security group" },
    [snapshotVariable]: identifier,
};

/** The variables whose value has not its form; one that is not set is another matter. */
export function formProblems(environment: Environment): string[] {
    return Object.entries(forms).flatMap(([name, { pattern, allowed }]) => {
        const { [name]: given } = environment;
        return !given || pattern.test(given) ? [] : [`${name} is ${JSON.stringify(given)}; allowed: ${allowed}`];
    });
}

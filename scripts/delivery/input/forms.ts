import { EnvironmentVariables, RecordVariables, splicedForms } from "../../../components/contract";
import { optionRows } from "../../../components/options";
import type { Environment } from "../settings";

/**
 * The allowed form of a variable's value: unrestricted text could carry anything into a page, a path or a statement.
 */
interface Form {
    pattern: RegExp;
    allowed: string;
}

/** Names chosen by people and AWS, which a database accepts with any other character. */
const anyName: Form = {
    // eslint-disable-next-line no-control-regex -- it is what they are about
    pattern: /^[^\u0000-\u001f\u007f]{1,128}$/u,
    allowed: "up to 128 characters, none of them a control character",
};
const { rollbackTo, sourceRevision, executionId } = splicedForms;

/** For every text variable; numbers and enumerations are checked where they are read. */
const forms: Record<string, Form> = {
    [EnvironmentVariables.rollbackTo]: {
        pattern: new RegExp(rollbackTo),
        allowed: "a release id (release-…) or a tag: letters, digits, dots, hyphens and underscores",
    },
    [EnvironmentVariables.sourceRevision]: {
        pattern: new RegExp(sourceRevision),
        allowed: "a commit or an S3 version id",
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
    ...optionForms(),
};

/** Of the options that are texts. */
function optionForms(): Record<string, Form> {
    return Object.fromEntries(
        optionRows().flatMap(([, row]) =>
            row.type === "text" && row.variable !== undefined
                ? [[row.variable, { pattern: row.pattern, allowed: row.allowed }]]
                : [],
        ),
    );
}

/** The variables whose values have the wrong form; missing variables are reported elsewhere. */
export function formProblems(environment: Environment): string[] {
    return Object.entries(forms).flatMap(([name, { pattern, allowed }]) => {
        const { [name]: given } = environment;
        return !given || pattern.test(given) ? [] : [`${name} is ${JSON.stringify(given)}; allowed: ${allowed}`];
    });
}

import type * as aws from "./aws";

/** What calls AWS. Loaded when it is needed: the SDK would cost every build a third of a second. */
export function load(): typeof aws {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with the program.
    return require("./aws") as typeof aws;
}

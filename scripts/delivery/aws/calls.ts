import type * as auroraClone from "./clones/auroraClone";
import type * as clients from "./clients";
import type * as pipeline from "./askPipeline";
import type * as reaper from "./clones/reaper";
import type * as record from "./putRecord";
import type * as secrets from "./secrets";
import type * as snapshot from "./snapshot";

/**
 * Entry point to the AWS calls for code outside this folder. Modules are loaded on first use: loading the SDKs would
 * cost every build a third of a second.
 */
export const aws = {
    /* eslint-disable @typescript-eslint/no-require-imports -- an import would be loaded with the program. */
    clients: () => require("./clients") as typeof clients,
    clone: () => require("./clones/auroraClone") as typeof auroraClone,
    pipeline: () => require("./askPipeline") as typeof pipeline,
    reaper: () => require("./clones/reaper") as typeof reaper,
    record: () => require("./putRecord") as typeof record,
    secrets: () => require("./secrets") as typeof secrets,
    snapshot: () => require("./snapshot") as typeof snapshot,
    /* eslint-enable @typescript-eslint/no-require-imports */
};

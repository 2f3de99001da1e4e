import type * as auroraClone from "./auroraClone";
import type * as clones from "./clones";
import type * as reaper from "../reaper";

/** What calls AWS. Loaded when it is needed: the SDK would cost every build a third of a second. */
export function aws(): typeof auroraClone & typeof clones & typeof reaper {
    /* eslint-disable @typescript-eslint/no-require-imports -- an import would be loaded with the program. */
    return {
        ...(require("./auroraClone") as typeof auroraClone),
        ...(require("./clones") as typeof clones),
        ...(require("../reaper") as typeof reaper),
    };
    /* eslint-enable @typescript-eslint/no-require-imports */
}

import { recordKey } from "../../../components/contract";
import type { Context } from "../context";
import { messageOf } from "../errors";
import type * as bucket from "./putRecord";

/**
 * Keeps the record of a release under a name that does not change, beside the artifact, which expires. What was done to
 * the database is done: where the record cannot be kept, the log says so, and the artifact has it.
 */
export async function keepRecord({ settings, log }: Pick<Context, "settings" | "log">, record: string): Promise<void> {
    const bucketName = settings.record?.bucket;
    if (bucketName === undefined) {
        return;
    }
    const key = recordKey(settings.releaseId);
    try {
        await load().putRecord({ bucket: bucketName, key, record });
        log(`Record: s3://${bucketName}/${key}`);
    } catch (error) {
        log(
            `Warning: the record could not be kept as s3://${bucketName}/${key} (${messageOf(error)}); the output artifact of this build has it.`,
        );
    }
}

function load(): typeof bucket {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with the program.
    return require("./putRecord") as typeof bucket;
}

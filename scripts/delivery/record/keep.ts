import { recordKey } from "../../../components/contract";
import type { Context } from "../context";
import { messageOf } from "../errors";
import type * as bucket from "./putRecord";

/** A release is tried again by hand; more records of one are nobody's but a mistake's. */
const mostAttempts = 100;

/**
 * Keeps the record of a release under a name that does not change, beside the artifact, which expires. A record that is
 * there stays as it is: the build of a release that is tried again leaves its own beside it. What was done to the database
 * is done: where the record cannot be kept, the log says so, and the artifact has it.
 */
export async function keepRecord({ settings, log }: Pick<Context, "settings" | "log">, record: string): Promise<void> {
    const bucketName = settings.record?.bucket;
    if (bucketName === undefined) {
        return;
    }
    const placeOf = (attempt: number) => `s3://${bucketName}/${recordKey(settings.releaseId, attempt)}`;
    try {
        for (let attempt = 1; attempt <= mostAttempts; attempt++) {
            const key = recordKey(settings.releaseId, attempt);
            if (await load().putRecord({ bucket: bucketName, key, record })) {
                const earlier = attempt === 1 ? "" : `; ${placeOf(1)} was there already and stays as it is`;
                log(`Record: ${placeOf(attempt)}${earlier}`);
                return;
            }
        }
        throw new Error(`there are ${mostAttempts} records of this release, and none is overwritten`);
    } catch (error) {
        log(
            `Warning: the record could not be kept as ${placeOf(1)} (${messageOf(error)}); the output artifact of this build has it.`,
        );
    }
}

function load(): typeof bucket {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be loaded with the program.
    return require("./putRecord") as typeof bucket;
}

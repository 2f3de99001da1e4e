import { recordKey } from "../../../../components/contract";
import type { Context } from "../../context";
import { InternalError, messageOf } from "../../errors";
import { aws } from "../../aws/calls";

/** A release is retried by people; more records than this are a mistake. */
const mostAttempts = 100;

/**
 * Stores the record of a release under a stable name, in addition to the artifact, which expires. An existing record is
 * never overwritten: a retried build stores its own beside it. The database has already been changed, so a record that
 * cannot be stored is only logged; the artifact still has it.
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
            if (await aws.record().putRecord({ bucket: bucketName, key, record })) {
                const earlier = attempt === 1 ? "" : `; ${placeOf(1)} already existed and was not changed`;
                log(`Record: ${placeOf(attempt)}${earlier}`);
                return;
            }
        }
        throw new InternalError(`there are already ${mostAttempts} records of this release, and none is overwritten`);
    } catch (error) {
        log(
            `Warning: the record could not be kept as ${placeOf(1)} (${messageOf(error)}); the output artifact of this build contains it.`,
        );
    }
}

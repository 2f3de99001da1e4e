import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { RecordedResource } from "../../recorded";
import type { AccessKeys } from "../accessKeys";
import { type Call, escapeXml, type Protocol, Refusal, serve, type Service } from "../http";
import type { Permissions } from "../permissions";

/**
 * Serves uploads of builds to the recorded buckets: each bucket is a directory, each object a file in it. An upload
 * with `If-None-Match: *` is refused if the object exists; the recorded policies decide which uploads need that header.
 */
export function serveS3(
    resources: readonly RecordedResource[],
    directory: string,
    keys: AccessKeys,
    permissions: Permissions,
): Promise<Service> {
    const buckets = new Map(
        resources
            .filter(({ type }) => type === "aws:s3/bucket:Bucket")
            .map(({ outputs }) => [outputs["bucket"] as string, outputs["arn"] as string]),
    );
    return serve(keys, protocol, (call) => {
        putObject(call, buckets, directory, permissions);
        return "";
    });
}

const protocol: Protocol = {
    type: "application/xml",
    refusal: (code, message) =>
        `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`,
    refusalStatus: 403,
};

function putObject(
    { method, url, headers, body, caller }: Call,
    buckets: ReadonlyMap<string, string>,
    directory: string,
    permissions: Permissions,
): void {
    const { pathname, searchParams } = new URL(url, "http://s3");
    const [, bucket = "", ...rest] = pathname.split("/").map(decodeURIComponent);
    const key = rest.join("/");
    if (method !== "PUT" || [...searchParams.keys()].some((name) => name !== "x-id") || key === "") {
        throw new Refusal("NotImplemented", `The local run does not support S3's ${method} of ${url}.`, 501);
    }
    const arn = buckets.get(bucket);
    if (arn === undefined) throw new Refusal("NoSuchBucket", `The specified bucket ${bucket} does not exist`, 404);
    const ifNoneMatch = headers["if-none-match"];
    const context = { "s3:if-none-match": ifNoneMatch, "aws:SecureTransport": "true" };
    permissions.demand(caller.role, "s3:PutObject", `${arn}/${key}`, { code: "AccessDenied", context });
    if (normalize(key) !== key || key.startsWith("../")) {
        throw new Refusal("InvalidArgument", `The local run does not store the key ${key}.`, 400);
    }
    const file = join(directory, bucket, key);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeObject(file, body, ifNoneMatch);
}

/** S3 accepts no other value of `If-None-Match` than `*`. */
function writeObject(file: string, body: string, ifNoneMatch: string | undefined): void {
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
        throw new Refusal("NotImplemented", `The local run does not support If-None-Match: ${ifNoneMatch}.`, 501);
    }
    try {
        writeFileSync(file, body, { mode: 0o600, flag: ifNoneMatch === undefined ? "w" : "wx" });
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const message = "At least one of the pre-conditions you specified did not hold";
        throw new Refusal("PreconditionFailed", message, 412);
    }
}

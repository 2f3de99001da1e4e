import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { RecordedResource } from "../../recorded";
import type { AccessKeys } from "../accessKeys";
import { type Call, escapeXml, type Protocol, Refusal, serve, type Service } from "../http";
import type { Permissions } from "../permissions";

/** Serves what a build puts into the recorded buckets: each is a directory, each object a file in it. */
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
    { method, url, body, caller }: Call,
    buckets: ReadonlyMap<string, string>,
    directory: string,
    permissions: Permissions,
): void {
    const { pathname, searchParams } = new URL(url, "http://s3");
    const [, bucket = "", ...rest] = pathname.split("/").map(decodeURIComponent);
    const key = rest.join("/");
    if (method !== "PUT" || [...searchParams.keys()].some((name) => name !== "x-id") || key === "") {
        throw new Refusal("NotImplemented", `The local run does not do S3's ${method} of ${url}.`, 501);
    }
    const arn = buckets.get(bucket);
    if (arn === undefined) throw new Refusal("NoSuchBucket", `The specified bucket ${bucket} does not exist`, 404);
    permissions.demand(caller.role, "s3:PutObject", `${arn}/${key}`, { code: "AccessDenied" });
    if (normalize(key) !== key || key.startsWith("../")) {
        throw new Refusal("InvalidArgument", `The key ${key} is none that the local run keeps.`, 400);
    }
    const file = join(directory, bucket, key);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, body, { mode: 0o600 });
}

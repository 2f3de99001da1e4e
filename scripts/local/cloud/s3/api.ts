import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { RecordedResource } from "../../recorded";
import type { AccessKeys } from "../accessKeys";
import { type Answer, type Call, serve, type Service } from "../http";
import type { Permissions } from "../permissions";

/** A refusal of S3's; the codes are its own. */
class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

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
    const answer = (call: Call): Answer => {
        try {
            putObject(call, buckets, directory, permissions);
            return { status: 200, type: "application/xml", body: "" };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return refusal(error.code, error.message, error.status);
        }
    };
    return serve(keys, (call) => Promise.resolve(answer(call)), refusal);
}

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
        throw new Refusal(501, "NotImplemented", `The local run does not do S3's ${method} of ${url}.`);
    }
    const arn = buckets.get(bucket);
    if (arn === undefined) throw new Refusal(404, "NoSuchBucket", `The specified bucket ${bucket} does not exist`);
    if (!permissions.allow(caller.role, "s3:PutObject", `${arn}/${key}`)) {
        const what = `perform: s3:PutObject on resource: ${arn}/${key}`;
        throw new Refusal(403, "AccessDenied", `User: ${caller.role} is not authorized to ${what}`);
    }
    if (normalize(key) !== key || key.startsWith("../")) {
        throw new Refusal(400, "InvalidArgument", `The key ${key} is none that the local run keeps.`);
    }
    const file = join(directory, bucket, key);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, body, { mode: 0o600 });
}

function refusal(code: string, message: string, status = 403): Answer {
    const text = message.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`;
    return { status, type: "application/xml", body };
}

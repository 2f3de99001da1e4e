import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { python, run } from "../support/aws/python";

// AWS's own models of its APIs, as botocore ships them: what each call takes, with the lengths, patterns and values that
// the service itself checks.

/** The type of a value in an API model. Only what is checked here. */
export interface Shape {
    type: string;
    /** Of a structure. */
    members?: Record<string, { shape: string; documentation?: string }>;
    required?: string[];
    /** Of a list. */
    member?: { shape: string };
    /** Of a map. */
    key?: { shape: string };
    value?: { shape: string };
    min?: number;
    max?: number;
    pattern?: string;
    enum?: string[];
    documentation?: string;
}

export interface Model {
    shapes: Record<string, Shape>;
    operations: Record<string, { input?: { shape: string } }>;
}

const loaded = new Map<string, Model>();
let directory: string | undefined;

/** What botocore ships beside its code. */
export function dataDirectory(): string {
    directory ??= run(python(), [
        "-c",
        "import botocore, os; print(os.path.join(botocore.__path__[0], 'data'))",
    ]).trim();
    return directory;
}

/** The newest model of a service, by botocore's name for it. */
export function model(service: string): Model {
    const known = loaded.get(service);
    if (known) return known;
    const versions = readdirSync(path.join(dataDirectory(), service)).sort();
    const file = path.join(dataDirectory(), service, versions.at(-1)!, "service-2.json.gz");
    const read = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as Model;
    loaded.set(service, read);
    return read;
}

/** The shape of what a call takes. */
export function inputOf(service: string, operation: string): string {
    const shape = model(service).operations[operation]?.input?.shape;
    if (shape === undefined) throw new Error(`botocore knows no ${service}:${operation}`);
    return shape;
}

import * as fs from "node:fs";
import * as path from "node:path";
import * as v from "valibot";
import { type Baseline, baselineFile } from "../baseline";
import { catalogIn, MalformedRecord } from "../engines/fingerprint";
import { inputErrors, messageOf } from "../errors";
import { readable } from "../files";

const schema = v.object({
    changesets: v.array(
        v.object({
            id: v.string(),
            author: v.string(),
            file: v.string(),
            checksum: v.string(),
        }),
    ),
    rows: v.array(v.string()),
    accepted: v.array(v.string()),
    catalog: v.unknown(),
});

/** Reads the baseline of a migrations directory; undefined if it has none. */
export function readBaseline(directory: string): Baseline | undefined {
    const file = path.join(directory, baselineFile);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const text = readable(file, () => fs.readFileSync(file, "utf8"));
    const refuse = (reason: string) => new inputErrors.BaselineMalformed({ file, reason });
    let content: unknown;
    try {
        content = JSON.parse(text);
    } catch (error) {
        throw refuse(messageOf(error));
    }
    const { success, output, issues } = v.safeParse(schema, content);
    if (!success) {
        const [issue] = issues;
        throw refuse(`${v.getDotPath(issue) ?? "as a whole"}: expected ${issue.expected}`);
    }
    try {
        return { ...output, catalog: catalogIn(output.catalog, (why) => new MalformedRecord(`catalog ${why}`)) };
    } catch (error) {
        throw error instanceof MalformedRecord ? refuse(error.message) : error;
    }
}

import * as fs from "node:fs";
import * as path from "node:path";
import { exportedCharacters, Outputs as Layout } from "../../../components/contract";
import { replaceTexts } from "../redact";
import { junit, Suite } from "./junit";
import { jsonText } from "./text";

/** Writes what a build leaves behind; secrets are replaced in all of it. */
export class Outputs {
    private reported = false;

    constructor(
        private readonly source: string,
        private readonly redact: (text: string) => string,
    ) {
        // The whole of it: what the source brings along is not this build's, be it a link to another directory.
        fs.rmSync(path.join(source, path.dirname(Layout.exportsFile)), { recursive: true, force: true });
        for (const directory of [Layout.artifactsDirectory, Layout.reportsDirectory]) {
            fs.mkdirSync(path.join(source, directory), { recursive: true });
        }
    }

    /** What a person reads of some data. Secrets are replaced before it is laid out: escapes would hide them. */
    page<T>(name: string, data: T, layOut: (data: T) => string): void {
        this.artifact(name, layOut(replaceTexts(data, this.redact)));
    }

    /** Returns what was written. */
    private artifact(name: string, text: string): string {
        const written = this.redact(text);
        fs.writeFileSync(path.join(this.source, Layout.artifactsDirectory, name), written);
        return written;
    }

    json(name: string, value: unknown): string {
        return this.artifact(name, jsonText(replaceTexts(value, this.redact)));
    }

    report(suites: Suite[]): void {
        this.reported = true;
        fs.writeFileSync(
            path.join(this.source, Layout.reportsDirectory, "delivery.xml"),
            this.redact(junit(replaceTexts(suites, this.redact))),
        );
    }

    /** Reports what ended a build before it could report by itself. */
    reportFailure(name: string, message: string): void {
        if (!this.reported) {
            this.report([{ name, cases: [{ name, file: "delivery", seconds: 0, failure: message }] }]);
        }
    }

    /** Later stages read these values: a character that is not allowed in them becomes `_`. */
    exports(variables: Record<string, string | number>): void {
        const lines = Object.entries(variables).map(
            ([name, value]) => `${name}=${this.redact(String(value)).replace(notExported, "_")}\n`,
        );
        fs.writeFileSync(path.join(this.source, Layout.exportsFile), lines.join(""));
    }
}

const notExported = new RegExp(`[^${exportedCharacters}]`, "g");

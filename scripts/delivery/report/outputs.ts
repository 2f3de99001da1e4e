import * as fs from "node:fs";
import * as path from "node:path";
import { exportedCharacters, Outputs as Layout } from "../../../components/contract";
import { replaceTexts } from "../redact";
import type { ActionOutputs, Suite } from "../outputs";
import { junit } from "./junit";
import { jsonText } from "./text";

/** Writes a build's output files, with secrets redacted. */
export class Outputs implements ActionOutputs {
    private reported = false;

    constructor(
        private readonly source: string,
        private readonly redact: (text: string) => string,
    ) {
        // Deletes the whole directory: whatever the source contains there, such as a link elsewhere, is not this
        // build's.
        fs.rmSync(path.join(source, path.dirname(Layout.exportsFile)), { recursive: true, force: true });
        for (const directory of [Layout.artifactsDirectory, Layout.reportsDirectory]) {
            fs.mkdirSync(path.join(source, directory), { recursive: true });
        }
    }

    /** Data rendered for people. Secrets are redacted before rendering, since escaping would hide them. */
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

    /** Reports a failure that ended a build before it could report itself. */
    reportFailure(name: string, message: string): void {
        if (!this.reported) {
            this.report([{ name, cases: [{ name, file: "delivery", seconds: 0, failure: message }] }]);
        }
    }

    /** Values for later stages: characters that are not allowed in them become `_`. */
    exports(variables: Record<string, string | number>): void {
        const lines = Object.entries(variables).map(
            ([name, value]) => `${name}=${this.redact(String(value)).replace(notExported, "_")}\n`,
        );
        fs.writeFileSync(path.join(this.source, Layout.exportsFile), lines.join(""));
    }
}

const notExported = new RegExp(`[^${exportedCharacters}]`, "g");

import type { MetricLine } from "../outputs";
import { logLine, logLines } from "./text";

type Write = (text: string) => void;

/** The only way to write to a build's log and to the terminal of the local run: one sanitized line per call. */
export class Log {
    constructor(
        private readonly redact: (text: string) => string = String,
        private readonly out: Write = (text) => void process.stdout.write(text),
        private readonly err: Write = (text) => void process.stderr.write(text),
    ) {}

    /** A line, or metrics, whose JSON is already sanitized. */
    readonly line = (line: string | MetricLine): void => {
        this.out(`${typeof line === "string" ? logLine(this.redact(line)) : this.redact(line.json)}\n`);
    };

    /** Why it failed: the lines after the first are marked. */
    readonly failure = (message: string): void => {
        this.err(
            logLines(this.redact(message))
                .map((line) => `${line}\n`)
                .join(""),
        );
    };
}

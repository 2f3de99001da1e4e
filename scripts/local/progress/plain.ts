import type { ActionStatus, StageStatus } from "../pipeline/model";
import { Log } from "../../delivery/report/log";
import { logLines } from "../../delivery/report/text";
import { duration, type Progress } from "./progress";

/** One line per event: for logs and pipes. */
export class PlainProgress implements Progress {
    private readonly starts = new Map<string, number>();

    constructor(private readonly writeLine: (line: string) => void = new Log().line) {}

    async step<T>(title: string, work: (log: (line: string) => void) => Promise<T>): Promise<T> {
        const start = Date.now();
        this.write(`${title} …`);
        const result = await work((line) => this.write(`  ${line}`));
        this.write(`${title}: done (${duration(Date.now() - start)})`);
        return result;
    }

    say(line: string): void {
        this.write(line);
    }

    stageStarted(stage: string): void {
        this.starts.set(stage, Date.now());
    }

    stageEnded(stage: string, status: StageStatus, message?: string): Promise<void> {
        this.ended(`Stage ${stage}`, stage, status, message);
        return Promise.resolve();
    }

    actionStarted(stage: string, action: string): void {
        this.starts.set(`${stage}/${action}`, Date.now());
        this.write(`Stage ${stage}: action ${action} …`);
    }

    actionEnded(stage: string, action: string, status: ActionStatus, message?: string): void {
        this.ended(`Stage ${stage}: action ${action}`, `${stage}/${action}`, status, message);
    }

    log(_: string, action: string, line: string): void {
        this.write(`  ${action} | ${line}`);
    }

    /** A multi-line message is marked as one. */
    private write(text: string): void {
        logLines(text).forEach((line) => this.writeLine(line));
    }

    private ended(what: string, key: string, status: string, message: string | undefined): void {
        if (status === "Skipped" && message) return this.write(`${what}: skipped, ${message}`);
        const took = duration(Date.now() - (this.starts.get(key) ?? Date.now()));
        this.write(`${what}: ${status} (${took})${message ? ` – ${message}` : ""}`);
    }
}

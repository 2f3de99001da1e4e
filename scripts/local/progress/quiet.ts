import { isFraming } from "../codeBuild/build";
import type { ActionStatus } from "../pipeline/model";
import type { Progress } from "./progress";

/** Shows nothing by itself, and remembers what the actions said that failed. */
export class QuietProgress implements Progress {
    private readonly logs = new Map<string, string[]>();
    private readonly failed = new Map<string, string | undefined>();

    constructor(readonly say: (line: string) => void) {}

    step<T>(_: string, work: (log: (line: string) => void) => Promise<T>): Promise<T> {
        return work(() => undefined);
    }

    stageStarted(): void {
        // The results of its actions are shown at the end.
    }

    stageEnded(): Promise<void> {
        return Promise.resolve();
    }

    /** What the same action of an earlier execution said is of no interest any more. */
    actionStarted(stage: string, action: string): void {
        this.logs.delete(keyOf(stage, action));
        this.failed.delete(keyOf(stage, action));
    }

    actionEnded(stage: string, action: string, status: ActionStatus, message?: string): void {
        if (status === "Failed") this.failed.set(keyOf(stage, action), message);
    }

    log(stage: string, action: string, line: string): void {
        if (isFraming(line)) return;
        const key = keyOf(stage, action);
        this.logs.set(key, [...(this.logs.get(key) ?? []), line]);
    }

    /** What the actions said that failed; of one that said nothing, why it failed. */
    failures(): string[] {
        return [...this.failed].flatMap(([key, message]) => this.logs.get(key) ?? (message ? [message] : []));
    }
}

function keyOf(stage: string, action: string): string {
    return `${stage}/${action}`;
}
